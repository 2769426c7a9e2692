package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.freeze.DamagedException;
import dev.littlecloud.machine.GuestMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A file of pages, never changed once it is written, that several templates may have a link to: what
 * is in it is there once. Its number is its name and the nonce that its pages are encrypted with.
 */
final class PageFile implements AutoCloseable {
    static final int PAGE = (int) GuestMemory.PAGE_SIZE;
    private static final String PREFIX = "pages-";

    private final long number;
    private final FileChannel channel;
    private final Seal seal;

    private PageFile(long number, FileChannel channel, Seal seal) {
        this.number = number;
        this.channel = channel;
        this.seal = seal;
    }

    static String name(long number) {
        return PREFIX + "%016x".formatted(number);
    }

    static boolean isName(String file) {
        return file.startsWith(PREFIX);
    }

    /** A new one, without pages. */
    static PageFile create(Path directory, Seal seal) throws IOException {
        long number = Seal.nonce();
        FileChannel channel =
                FileChannel.open(
                        directory.resolve(name(number)),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE);
        return new PageFile(number, channel, seal);
    }

    /**
     * One that was written.
     *
     * @param pages how many it must have
     */
    static PageFile open(Path directory, long number, int pages, Seal seal) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(directory.resolve(name(number)), StandardOpenOption.READ);
        } catch (NoSuchFileException gone) {
            throw new DamagedException("a file of its pages is not there", gone);
        }
        if (channel.size() != (long) pages * PAGE) {
            channel.close();
            throw new DamagedException("a file of its pages is cut off");
        }
        return new PageFile(number, channel, seal);
    }

    long number() {
        return number;
    }

    /** Adds a page behind those that are there. */
    void append(int place, byte[] page) throws IOException {
        ByteBuffer stored = ByteBuffer.wrap(seal.page(number, place, page));
        while (stored.hasRemaining()) {
            channel.write(stored);
        }
    }

    byte[] read(int place) throws IOException {
        ByteBuffer stored = ByteBuffer.allocate(PAGE);
        while (stored.hasRemaining()) {
            long position = (long) place * PAGE + stored.position();
            if (channel.read(stored, position) < 0) {
                throw new DamagedException("a file of its pages is cut off");
            }
        }
        return seal.page(number, place, stored.array());
    }

    /** Has the disk keep what was written. */
    void force() throws IOException {
        channel.force(true);
    }

    static int checksum(byte[] page) {
        CRC32C checksum = new CRC32C();
        checksum.update(page);
        return (int) checksum.getValue();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
