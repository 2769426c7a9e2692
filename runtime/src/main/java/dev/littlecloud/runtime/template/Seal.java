package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.freeze.DamagedException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How templates are encrypted on disk, because the memory of programs holds their secrets. The
 * description by AES-256-GCM; pages, whose checksums it has, by AES-256-CTR, each by its place.
 */
public final class Seal {
    /** Templates are written as they are. */
    public static final Seal NONE = new Seal(null);

    /** Bytes of a key. */
    public static final int KEY_BYTES = 32;

    private static final int GCM_IV_BYTES = 12;
    private static final int GCM_TAG_BITS = 128;
    private static final int BLOCK_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final @Nullable SecretKeySpec key;

    private Seal(@Nullable SecretKeySpec key) {
        this.key = key;
    }

    /**
     * @param key of {@link #KEY_BYTES}
     */
    public static Seal of(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("a key has %d bytes".formatted(KEY_BYTES));
        }
        return new Seal(new SecretKeySpec(key, "AES"));
    }

    /** What tells the pages of one file from those of all others. */
    static long nonce() {
        return RANDOM.nextLong();
    }

    byte[] close(byte[] description) {
        if (key == null) {
            return description;
        }
        byte[] iv = new byte[GCM_IV_BYTES];
        RANDOM.nextBytes(iv);
        byte[] sealed = gcm(Cipher.ENCRYPT_MODE, iv, description, 0);
        return ByteBuffer.allocate(iv.length + sealed.length).put(iv).put(sealed).array();
    }

    byte[] open(byte[] file) throws DamagedException {
        if (key == null) {
            return file;
        }
        try {
            return gcm(Cipher.DECRYPT_MODE, Arrays.copyOf(file, GCM_IV_BYTES), file, GCM_IV_BYTES);
        } catch (IllegalArgumentException | IllegalStateException wrong) {
            throw new DamagedException("it is cut off or was changed", wrong);
        }
    }

    private byte[] gcm(int mode, byte[] iv, byte[] bytes, int offset) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(GCM_TAG_BITS, iv));
            return cipher.doFinal(bytes, offset, bytes.length - offset);
        } catch (GeneralSecurityException refused) {
            throw new IllegalStateException(refused);
        }
    }

    /** Encrypts a page, or decrypts it: the same for this cipher. */
    byte[] page(long nonce, int place, byte[] page) {
        if (key == null) {
            return page;
        }
        byte[] iv =
                ByteBuffer.allocate(BLOCK_BYTES)
                        .putLong(nonce)
                        .putLong((long) place * (page.length / BLOCK_BYTES))
                        .array();
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
            return cipher.doFinal(page);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
