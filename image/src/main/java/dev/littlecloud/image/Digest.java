package dev.littlecloud.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * A content digest as OCI writes it, {@code sha256:<64 hex digits>}.
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex lower-case hexadecimal digits, as many as the algorithm has
 */
public record Digest(String algorithm, String hex) {
    public Digest {
        int digits =
                switch (algorithm) {
                    case "sha256" -> 64;
                    case "sha512" -> 128;
                    default ->
                            throw new ImageException(
                                    ErrorCode.UNSUPPORTED,
                                    "digest algorithm '" + algorithm + "' is not supported");
                };
        // The digits become a file name, so nothing else may pass.
        if (hex.length() != digits || !isLowerCaseHex(hex)) {
            throw ImageException.malformed(
                    "'"
                            + algorithm
                            + ":"
                            + hex
                            + "' is not a digest: "
                            + algorithm
                            + " has "
                            + digits
                            + " lower-case hex digits");
        }
    }

    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw ImageException.malformed("'" + text + "' is not a digest like sha256:<hex>");
        }
        return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    /** The digest in {@code text}, or empty where it is none. */
    public static Optional<Digest> tryParse(String text) {
        try {
            return Optional.of(parse(text));
        } catch (ImageException e) {
            return Optional.empty();
        }
    }

    public static Digest sha256(byte[] bytes) {
        return of("sha256", messageDigest("sha256").digest(bytes));
    }

    public static MessageDigest newSha256() {
        return messageDigest("sha256");
    }

    public static Digest of(String algorithm, byte[] value) {
        return new Digest(algorithm, HexFormat.of().formatHex(value));
    }

    public MessageDigest newMessageDigest() {
        return messageDigest(algorithm);
    }

    /** The first twelve digits, as people write an image's id. */
    public String shortHex() {
        return hex.substring(0, 12);
    }

    @Override
    public String toString() {
        return algorithm + ":" + hex;
    }

    public static boolean isLowerCaseHex(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    private static MessageDigest messageDigest(String algorithm) {
        String name = algorithm.toUpperCase(Locale.ROOT).replace("SHA", "SHA-");
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + name, e);
        }
    }
}
