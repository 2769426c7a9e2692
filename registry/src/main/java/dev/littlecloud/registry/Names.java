package dev.littlecloud.registry;

import dev.littlecloud.image.Digest;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names of repositories, tags and contents, checked: all of them become names of files. */
final class Names {
    /** "Pulling manifests": what a name and a tag must match. */
    private static final Pattern REPOSITORY =
            Pattern.compile(
                    "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");

    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");
    private static final int LONGEST_REPOSITORY = 255;

    private Names() {}

    static String repository(String name) {
        if (name.length() > LONGEST_REPOSITORY || !REPOSITORY.matcher(name).matches()) {
            throw new RegistryException(
                    RegistryErrorCode.NAME_INVALID,
                    "'"
                            + name
                            + "' is not the name of a repository: lower-case letters and digits,"
                            + " with single separators . _ - / between them");
        }
        return name;
    }

    static boolean isTag(String text) {
        return TAG.matcher(text).matches();
    }

    static Digest digest(String text) {
        return Digest.tryParse(text)
                .orElseThrow(
                        () ->
                                new RegistryException(
                                        RegistryErrorCode.DIGEST_INVALID,
                                        "'"
                                                + text
                                                + "' is not a digest like sha256:<64 hex digits>"));
    }

    /** A digest as the name of one file. */
    static String fileName(Digest digest) {
        return digest.algorithm() + "-" + digest.hex();
    }

    /** The digest of {@link #fileName}; names of nothing of ours give nothing. */
    static Optional<Digest> fromFileName(String name) {
        return Digest.tryParse(name.replaceFirst("-", ":"));
    }
}
