package dev.littlecloud.control.store;

import dev.littlecloud.image.store.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals secrets: AES-256-GCM under a key in a file that only its owner reads. A copy of the database
 * without that file gives nothing away.
 */
public final class Vault {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKeySpec key;
    private final SecretKeySpec macKey;

    private Vault(byte[] bytes) {
        key = new SecretKeySpec(bytes, 0, KEY_BYTES, "AES");
        macKey = new SecretKeySpec(bytes, KEY_BYTES, KEY_BYTES, "HmacSHA256");
    }

    /** Opens the vault, whose key is made where it is missing. */
    public static Vault open(Path keyFile) throws IOException {
        if (!Files.exists(keyFile)) {
            byte[] bytes = new byte[2 * KEY_BYTES];
            RANDOM.nextBytes(bytes);
            writePrivate(keyFile, bytes);
        }
        byte[] bytes = Files.readAllBytes(keyFile);
        if (bytes.length != 2 * KEY_BYTES) {
            throw new IOException(keyFile + " is not a key: it has " + bytes.length + " bytes");
        }
        return new Vault(bytes);
    }

    /** Writes a file that only its owner reads; whole, or not at all. */
    public static void writePrivate(Path file, byte[] bytes) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        Files.createDirectories(parent);
        Path written =
                Files.createTempFile(
                        parent,
                        ".new-",
                        "",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        Files.write(written, bytes);
        Disk.publish(written, file);
    }

    /**
     * Seals a text.
     *
     * @param place where it belongs: sealed text that was moved elsewhere does not open
     */
    byte[] seal(String text, String place) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            byte[] sealed =
                    cipher(Cipher.ENCRYPT_MODE, nonce, place)
                            .doFinal(text.getBytes(StandardCharsets.UTF_8));
            byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
            System.arraycopy(sealed, 0, all, NONCE_BYTES, sealed.length);
            return all;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    String open(byte[] sealed, String place) {
        try {
            byte[] nonce = Arrays.copyOf(sealed, NONCE_BYTES);
            byte[] text =
                    cipher(Cipher.DECRYPT_MODE, nonce, place)
                            .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
            return new String(text, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "the secret " + place + " does not open with this key", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String place) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    /** Stands for bytes that may hold a secret; who does not have the key cannot try them all. */
    String fingerprint(byte[] bytes) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(macKey);
            return HexFormat.of().formatHex(mac.doFinal(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
        }
    }
}
