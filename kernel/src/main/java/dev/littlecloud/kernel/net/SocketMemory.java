package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.mm.Frames;
import org.jspecify.annotations.Nullable;

/**
 * Accounts for the host memory that an instance's sockets use, so that a guest cannot make it grow
 * without bound, and recycles chunks. Guarded by the instance lock.
 */
final class SocketMemory {
    /** Chunks kept for reuse. */
    private static final int KEEP = 32;

    private final long limit;
    private final Frames frames;
    private long used;
    private transient @Nullable Chunk free;
    private transient int freeCount;

    /**
     * @param limit most bytes for sockets
     * @param frames the instance's memory, which they are part of
     */
    SocketMemory(long limit, Frames frames) {
        this.limit = limit;
        this.frames = frames;
    }

    long used() {
        return used;
    }

    boolean hasRoom(long bytes) {
        return used + bytes <= limit && frames.available() > bytes >> Frames.SHIFT;
    }

    /** Accounts for bytes of a kernel object; false where the limit is reached. */
    boolean charge(long bytes) {
        if (used + bytes > limit || !frames.charge(bytes)) {
            return false;
        }
        used += bytes;
        return true;
    }

    void uncharge(long bytes) {
        used -= bytes;
        frames.uncharge(bytes);
    }

    /** An empty chunk, or null where the limit is reached. */
    @Nullable Chunk allocate() {
        if (!charge(Chunk.SIZE)) {
            return null;
        }
        Chunk chunk = free;
        if (chunk == null) {
            return new Chunk();
        }
        free = chunk.next;
        freeCount--;
        chunk.next = null;
        chunk.start = 0;
        chunk.end = 0;
        return chunk;
    }

    /** Keeps no chunks: the instance rests. */
    void rest() {
        free = null;
        freeCount = 0;
    }

    void free(Chunk chunk) {
        uncharge(Chunk.SIZE);
        if (freeCount < KEEP) {
            chunk.next = free;
            free = chunk;
            freeCount++;
        }
    }
}
