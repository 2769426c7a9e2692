package dev.littlecloud.image.layer;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.tree.MutableNode.Content;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file with all contents of an image. Each begins on a page of its own and is followed by zeros
 * up to the end of its last page, so that programs can be mapped from here. Equal contents are kept
 * once, and pages of zeros take no disk.
 */
final class BlobWriter implements Closeable {
    static final int PAGE = 4096;
    private static final int BUFFER_BYTES = 1 << 20;

    /** Larger contents are digested only once a second one of the same size turns up. */
    private static final long SMALL_BYTES = 64 << 10;

    private static final byte[] ZEROS = new byte[PAGE];

    private final FileChannel channel;
    private final long mostBytes;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

    /** Where the buffer goes in the file; whole pages. */
    private long bufferOffset;

    private final Map<ByteBuffer, Content> contentByDigest = new HashMap<>();

    /** Large sizes seen; the value is the content while it has no digest yet. */
    private final Map<Long, @Nullable Content> largeBySize = new HashMap<>();

    /**
     * @param file must not exist
     * @param mostBytes more contents are an error
     */
    BlobWriter(Path file, long mostBytes) throws IOException {
        this.channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        this.mostBytes = mostBytes;
    }

    /** Adds the contents of the reader's current entry. */
    Content add(TarReader reader, TarEntry entry) throws IOException {
        long size = entry.size();
        if (size == 0) {
            return new Content(0, 0);
        }
        long start = offset();
        if (size > mostBytes - start) {
            throw new ImageException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "the image's files have more than the "
                            + mostBytes
                            + " bytes they may have ('"
                            + entry.name()
                            + "' has "
                            + size
                            + ")");
        }
        boolean isDigested = size <= SMALL_BYTES || largeBySize.containsKey(size);
        Sink sink = new Sink(isDigested ? Digest.newSha256() : null);
        reader.copyTo(sink);
        pad();
        Content content = new Content(start, size);
        if (sink.digest == null) {
            if (!sink.hasHoles) {
                largeBySize.put(size, content);
            }
            return content;
        }
        Content undigested = largeBySize.get(size);
        if (undigested != null) {
            largeBySize.put(size, null);
            contentByDigest.put(digestOf(undigested), undigested);
        }
        Content same = contentByDigest.putIfAbsent(ByteBuffer.wrap(sink.digest.digest()), content);
        if (same == null) {
            return content;
        }
        rewind(start);
        return same;
    }

    /** Completes the file, which has a page at least so that it can be mapped, and syncs it. */
    long finish() throws IOException {
        if (offset() == 0) {
            buffer.put(ZEROS);
        }
        flush();
        long size = bufferOffset;
        setSize(channel, size);
        channel.force(true);
        return size;
    }

    private long offset() {
        return bufferOffset + buffer.position();
    }

    private void pad() throws IOException {
        int padding = (int) (-offset() & (PAGE - 1));
        put(ZEROS, 0, padding);
    }

    private void put(byte[] bytes, int offset, int length) throws IOException {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int part = Math.min(end - at, buffer.remaining());
            buffer.put(bytes, at, part);
            at += part;
        }
    }

    private void skip(long length) throws IOException {
        long toPage = Math.min(length, -offset() & (PAGE - 1));
        put(ZEROS, 0, (int) toPage);
        long pages = (length - toPage) / PAGE;
        if (pages > 0) {
            flush();
            bufferOffset += pages * PAGE;
        }
        put(ZEROS, 0, (int) ((length - toPage) % PAGE));
    }

    /** Writes the buffer, which holds whole pages, except for pages of zeros. */
    private void flush() throws IOException {
        int length = buffer.position();
        writePages(channel, buffer.array(), length, bufferOffset);
        bufferOffset += length;
        buffer.clear();
    }

    /** Writes whole pages, except for pages of zeros. */
    static void writePages(FileChannel channel, byte[] bytes, int length, long offset)
            throws IOException {
        int page = 0;
        while (page < length) {
            int start = page;
            while (page < length && !isZero(bytes, page)) {
                page += PAGE;
            }
            ByteBuffer part = ByteBuffer.wrap(bytes, start, page - start);
            long at = offset + start;
            while (part.hasRemaining()) {
                at += channel.write(part, at);
            }
            while (page < length && isZero(bytes, page)) {
                page += PAGE;
            }
        }
    }

    /** Gives the file its full length where its last pages are zeros and were not written. */
    static void setSize(FileChannel channel, long size) throws IOException {
        if (channel.size() < size) {
            channel.write(ByteBuffer.wrap(new byte[1]), size - 1);
        }
    }

    private static boolean isZero(byte[] bytes, int page) {
        return Arrays.equals(bytes, page, page + PAGE, ZEROS, 0, PAGE);
    }

    private void rewind(long start) throws IOException {
        if (start >= bufferOffset) {
            buffer.position((int) (start - bufferOffset));
            return;
        }
        // Pages of zeros are not written, so nothing may be left where they come to be.
        buffer.clear();
        if (channel.size() > start) {
            channel.truncate(start);
        }
        bufferOffset = start;
    }

    private ByteBuffer digestOf(Content content) throws IOException {
        // Its end may still be in the buffer, which is flushed in whole pages only.
        flush();
        MessageDigest digest = Digest.newSha256();
        ByteBuffer part = ByteBuffer.allocate(BUFFER_BYTES);
        long at = content.offset();
        long end = at + content.size();
        while (at < end) {
            part.clear().limit((int) Math.min(BUFFER_BYTES, end - at));
            int read = channel.read(part, at);
            if (read < 0) {
                // Behind the last page written there are only zeros.
                part.put(new byte[part.remaining()]);
                read = part.position();
            }
            digest.update(part.array(), 0, read);
            at += read;
        }
        return ByteBuffer.wrap(digest.digest());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private final class Sink implements TarReader.ContentSink {
        private @Nullable MessageDigest digest;
        private boolean hasHoles;

        Sink(@Nullable MessageDigest digest) {
            this.digest = digest;
        }

        @Override
        public void data(byte[] bytes, int offset, int length) throws IOException {
            if (digest != null) {
                digest.update(bytes, offset, length);
            }
            put(bytes, offset, length);
        }

        @Override
        public void hole(long length) throws IOException {
            // Digesting a hole could take hours; a sparse file just is not shared.
            digest = null;
            hasHoles = true;
            skip(length);
        }
    }
}
