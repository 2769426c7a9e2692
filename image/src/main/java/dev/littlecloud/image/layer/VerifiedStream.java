package dev.littlecloud.image.layer;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Counts and digests what passes, and stops before there is too much of it. */
public final class VerifiedStream extends InputStream {
    private final InputStream in;
    private final String label;
    private final Optional<Digest> expected;
    private final Optional<MessageDigest> digest;
    private final long mostBytes;
    private final LongConsumer progress;
    private long count;

    /**
     * @param label what to call the bytes in messages
     * @param expected digest of all bytes, checked by {@link #finish}
     * @param mostBytes more is an error
     * @param progress told how many bytes came, after each read
     */
    public VerifiedStream(
            InputStream in,
            String label,
            Optional<Digest> expected,
            long mostBytes,
            LongConsumer progress) {
        this.in = in;
        this.label = label;
        this.expected = expected;
        this.digest = expected.map(Digest::newMessageDigest);
        this.mostBytes = mostBytes;
        this.progress = progress;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int length = read(one, 0, 1);
        return length < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = in.read(buffer, offset, length);
        if (read <= 0) {
            return read;
        }
        count += read;
        if (count > mostBytes) {
            throw new ImageException(
                    ErrorCode.LIMIT_EXCEEDED,
                    label + " has more than the " + mostBytes + " bytes it may have");
        }
        if (digest.isPresent()) {
            digest.get().update(buffer, offset, read);
        }
        progress.accept(read);
        return read;
    }

    @Override
    public int available() throws IOException {
        return in.available();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Bytes so far. */
    public long count() {
        return count;
    }

    /** Reads what is left and checks the digest. */
    public void finish() throws IOException {
        byte[] rest = new byte[64 << 10];
        while (read(rest, 0, rest.length) >= 0) {
            // read() counts and digests
        }
        if (expected.isEmpty() || digest.isEmpty()) {
            return;
        }
        Digest actual = Digest.of(expected.get().algorithm(), digest.get().digest());
        if (!actual.equals(expected.get())) {
            throw new ImageException(
                    ErrorCode.DIGEST_MISMATCH,
                    label
                            + " is damaged: it has the digest "
                            + actual
                            + " instead of "
                            + expected.get());
        }
    }
}
