package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.io.IoBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in order, as a list of chunks that are taken from and given back to the instance's {@link
 * SocketMemory}. A queue that is empty holds no memory. Guarded by the instance lock.
 */
final class ByteQueue {
    private final SocketMemory memory;
    private @Nullable Chunk first;
    private @Nullable Chunk last;
    private long size;

    ByteQueue(SocketMemory memory) {
        this.memory = memory;
    }

    long size() {
        return size;
    }

    /**
     * Appends up to {@code length} bytes of {@code source}.
     *
     * @return bytes appended, fewer where the instance's memory for sockets is used up
     */
    long append(IoBuffer source, long length) {
        long done = 0;
        while (done < length) {
            Chunk chunk = last;
            if (chunk == null || chunk.end == Chunk.SIZE) {
                chunk = grow();
                if (chunk == null) {
                    break;
                }
            }
            int part = (int) Math.min(length - done, Chunk.SIZE - chunk.end);
            source.get(chunk.segment, chunk.end, part);
            chunk.end += part;
            size += part;
            done += part;
        }
        return done;
    }

    private @Nullable Chunk grow() {
        Chunk chunk = memory.allocate();
        if (chunk == null) {
            return null;
        }
        if (last == null) {
            first = chunk;
        } else {
            last.next = chunk;
        }
        last = chunk;
        return chunk;
    }

    /** Moves the first {@code length} bytes into {@code target}; there must be that many. */
    void take(IoBuffer target, long length) {
        long left = length;
        while (left > 0) {
            Chunk chunk = head();
            int part = (int) Math.min(left, chunk.end - chunk.start);
            if (part > 0) {
                target.put(chunk.segment, chunk.start, part);
            }
            consume(chunk, part);
            left -= part;
        }
    }

    /** Copies {@code length} bytes from {@code from} on into {@code target} and keeps them. */
    void peek(IoBuffer target, long from, long length) {
        long skip = from;
        long left = length;
        for (Chunk chunk = first; left > 0 && chunk != null; chunk = chunk.next) {
            int there = chunk.end - chunk.start;
            if (skip >= there) {
                skip -= there;
                continue;
            }
            int part = (int) Math.min(left, there - skip);
            target.put(chunk.segment, chunk.start + skip, part);
            left -= part;
            skip = 0;
        }
    }

    /** Forgets the first {@code length} bytes; there must be that many. */
    void skip(long length) {
        long left = length;
        while (left > 0) {
            Chunk chunk = head();
            int part = (int) Math.min(left, chunk.end - chunk.start);
            consume(chunk, part);
            left -= part;
        }
    }

    /** Forgets all but the first {@code length} bytes: an append that failed half way. */
    void truncate(long length) {
        long keep = length;
        Chunk chunk = first;
        Chunk before = null;
        while (chunk != null && keep > 0) {
            int there = chunk.end - chunk.start;
            if (there > keep) {
                chunk.end = (int) (chunk.start + keep);
            }
            keep -= Math.min(keep, there);
            before = chunk;
            chunk = chunk.next;
        }
        last = before;
        if (before == null) {
            first = null;
        } else {
            before.next = null;
        }
        while (chunk != null) {
            Chunk next = chunk.next;
            chunk.next = null;
            memory.free(chunk);
            chunk = next;
        }
        size = length;
    }

    void clear() {
        skip(size);
        if (first != null) {
            memory.free(first);
            first = null;
            last = null;
        }
    }

    private Chunk head() {
        Chunk chunk = first;
        if (chunk == null) {
            throw new IllegalStateException("taking more bytes than there are");
        }
        return chunk;
    }

    private void consume(Chunk chunk, int bytes) {
        chunk.start += bytes;
        size -= bytes;
        if (chunk.start == chunk.end) {
            first = chunk.next;
            if (first == null) {
                last = null;
            }
            chunk.next = null;
            memory.free(chunk);
        }
    }
}
