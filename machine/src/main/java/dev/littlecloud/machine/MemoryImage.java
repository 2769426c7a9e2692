package dev.littlecloud.machine;

import dev.littlecloud.sys.Files;
import java.util.BitSet;
import java.util.List;

/**
 * The memory of a machine that was frozen, as a file that exists only in memory: first the page
 * tables, then RAM. What is zero is a hole. Machines made of it map it privately, so they share each
 * page until they write to it. Immutable; machines made of it outlive it.
 */
public final class MemoryImage implements AutoCloseable {
    /**
     * A part of the room for page tables.
     *
     * @param fresh pages that were never used
     * @param quarantined pages that were freed and not yet recycled
     */
    public record TableChunk(BitSet fresh, BitSet quarantined) {
        /** How much of the file it is. */
        public static final long BYTES = 1L << 20;
    }

    private final int fd;
    private final int vcpus;
    private final long ramBytes;
    private final long usableRam;
    private final List<TableChunk> chunks;
    private final long storedBytes;
    private boolean closed;

    /**
     * @param fd belongs to the image from now on
     * @param usableRam how much of RAM the file holds
     * @param storedBytes how much of the file is not a hole
     */
    public MemoryImage(
            int fd,
            int vcpus,
            long ramBytes,
            long usableRam,
            List<TableChunk> chunks,
            long storedBytes) {
        this.fd = fd;
        this.vcpus = vcpus;
        this.ramBytes = ramBytes;
        this.usableRam = usableRam;
        this.chunks = List.copyOf(chunks);
        this.storedBytes = storedBytes;
    }

    public int fd() {
        return fd;
    }

    public int vcpus() {
        return vcpus;
    }

    public long ramBytes() {
        return ramBytes;
    }

    public long usableRam() {
        return usableRam;
    }

    /** How much of the file, from its start, page tables are. */
    public long tableBytes() {
        return chunks.size() * TableChunk.BYTES;
    }

    public List<TableChunk> chunks() {
        return chunks;
    }

    public long storedBytes() {
        return storedBytes;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            Files.close(fd);
        }
    }
}
