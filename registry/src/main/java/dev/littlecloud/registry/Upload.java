package dev.littlecloud.registry;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * A blob that arrives, in one piece or in many. What has arrived is on disk, so an upload goes on
 * after a restart of the server. Guarded by itself.
 */
final class Upload {
    private static final int BUFFER = 128 << 10;

    private final String id;
    private final Path data;
    private final long mostBytes;
    private final MessageDigest sha256 = Digest.newSha256();
    private long hashed;
    private long size;
    private boolean ended;

    private Upload(String id, Path data, long mostBytes, long size) {
        this.id = id;
        this.data = data;
        this.mostBytes = mostBytes;
        this.size = size;
    }

    static Upload create(String id, Path data, long mostBytes) throws IOException {
        Files.createFile(data);
        return new Upload(id, data, mostBytes, 0);
    }

    /** Goes on with what an earlier process received. */
    static Upload reopen(String id, Path data, long mostBytes) throws IOException {
        return new Upload(id, data, mostBytes, Files.size(data));
    }

    String id() {
        return id;
    }

    /** Bytes that have arrived. */
    synchronized long size() {
        return size;
    }

    /**
     * Adds bytes until their end. What arrived before the client was cut off stays.
     *
     * @param start where the bytes belong as the client says; -1 where it does not say
     * @param length how many it announced; -1 where it did not
     * @throws IOException when the client is cut off
     */
    synchronized void append(InputStream in, long start, long length) throws IOException {
        requireOpen();
        if (start >= 0 && start != size) {
            throw new RegistryException(
                    RegistryErrorCode.RANGE_INVALID,
                    "the upload goes on at byte " + size + ", not at " + start);
        }
        if (length >= 0) {
            requireBounded(size + length);
        }
        long before = size;
        try (FileChannel channel = openForWriting()) {
            byte[] bytes = new byte[BUFFER];
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                requireBounded(size + count);
                write(channel, bytes, count);
            }
        }
        if (length >= 0 && size - before != length) {
            throw new RegistryException(
                    RegistryErrorCode.SIZE_INVALID,
                    "the chunk has " + (size - before) + " bytes and announced " + length);
        }
    }

    private void requireOpen() {
        if (ended) {
            throw Uploads.unknown(id);
        }
    }

    private void requireBounded(long wanted) {
        if (wanted > mostBytes) {
            throw new RegistryException(
                    RegistryErrorCode.TOO_LARGE,
                    "the blob is larger than the " + mostBytes + " bytes that one may have");
        }
    }

    private FileChannel openForWriting() {
        try {
            FileChannel channel = FileChannel.open(data, StandardOpenOption.WRITE);
            // A write that failed half-way may have left more than was counted.
            channel.truncate(size);
            channel.position(size);
            return channel;
        } catch (IOException e) {
            throw ImageException.io("receiving a blob", e);
        }
    }

    private void write(FileChannel channel, byte[] bytes, int count) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw ImageException.io("receiving a blob", e);
        }
        if (hashed == size) {
            sha256.update(bytes, 0, count);
            hashed += count;
        }
        size += count;
    }

    /** Takes the complete blob, which becomes a content of the store if its digest is right. */
    interface Taker {
        void take(Path complete) throws IOException;
    }

    /**
     * Ends the upload.
     *
     * @throws RegistryException DIGEST_INVALID when other bytes arrived; the upload is over then
     */
    synchronized void finish(Digest expected, Taker taker) throws IOException {
        requireOpen();
        Digest actual = digest(expected);
        ended = true;
        if (!actual.equals(expected)) {
            throw new RegistryException(
                    RegistryErrorCode.DIGEST_INVALID,
                    "the "
                            + size
                            + " bytes received have the digest "
                            + actual
                            + ", not "
                            + expected);
        }
        try (FileChannel channel = FileChannel.open(data, StandardOpenOption.WRITE)) {
            channel.truncate(size);
            channel.force(true);
        }
        taker.take(data);
    }

    private Digest digest(Digest expected) throws IOException {
        if (expected.algorithm().equals("sha256") && hashed == size) {
            return Digest.of("sha256", sha256.digest());
        }
        MessageDigest whole = expected.newMessageDigest();
        try (InputStream in = Files.newInputStream(data)) {
            byte[] bytes = new byte[BUFFER];
            long left = size;
            while (left > 0) {
                int count = in.read(bytes, 0, (int) Math.min(bytes.length, left));
                if (count < 0) {
                    break;
                }
                whole.update(bytes, 0, count);
                left -= count;
            }
        }
        return Digest.of(expected.algorithm(), whole.digest());
    }

    synchronized void cancel() {
        requireOpen();
        ended = true;
    }
}
