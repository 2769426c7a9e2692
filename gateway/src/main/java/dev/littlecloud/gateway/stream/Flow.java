package dev.littlecloud.gateway.stream;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.net.HostStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way in one direction: a bounded queue. Whoever finds it empty or full leaves a mark
 * and is told once. Guarded by its own lock.
 */
final class Flow {
    /** Bytes after which the writer has to wait. */
    static final int CAPACITY = 128 * 1024;

    private static final int SMALLEST_BUFFER = 4096;
    private static final int LARGEST_BUFFER = 64 * 1024;

    private final ByteBufAllocator allocator;
    private final Runnable readable;
    private final Runnable writable;
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>(4);

    /** The last buffer of the queue, where it is ours to append to. */
    private @Nullable ByteBuf tail;

    private int size;
    private boolean finished;
    private boolean readerGone;
    private boolean reset;
    private boolean readerWaits;
    private boolean writerWaits;

    /**
     * @param readable runs, on the writer's thread, when a waiting reader may go on
     * @param writable runs, on the reader's thread, when a waiting writer may go on
     */
    Flow(ByteBufAllocator allocator, Runnable readable, Runnable writable) {
        this.allocator = allocator;
        this.readable = readable;
        this.writable = writable;
    }

    /** Takes over a buffer; false, with a mark left, where there is no room. */
    boolean offer(ByteBuf buffer) {
        boolean wake;
        synchronized (this) {
            if (readerGone) {
                buffer.release();
                return true;
            }
            if (size >= CAPACITY) {
                writerWaits = true;
                return false;
            }
            queue.add(buffer);
            tail = null;
            size += buffer.readableBytes();
            wake = takeReaderWaits();
        }
        if (wake) {
            readable.run();
        }
        return true;
    }

    /** Copies bytes in; how many, {@code -EAGAIN} or {@code -EPIPE}. */
    int write(ByteBuffer source) {
        boolean wake;
        int count;
        synchronized (this) {
            if (readerGone || finished) {
                return reset ? -Errno.ECONNRESET : -Errno.EPIPE;
            }
            count = Math.min(CAPACITY - size, source.remaining());
            if (count <= 0) {
                return source.hasRemaining() ? -Errno.EAGAIN : 0;
            }
            int end = source.limit();
            source.limit(source.position() + count);
            append(source);
            source.limit(end);
            size += count;
            wake = takeReaderWaits();
        }
        if (wake) {
            readable.run();
        }
        return count;
    }

    private void append(ByteBuffer source) {
        ByteBuf last = tail;
        if (last == null || last.writableBytes() < source.remaining()) {
            int wanted = Math.clamp(source.remaining(), SMALLEST_BUFFER, LARGEST_BUFFER);
            last = allocator.buffer(Math.max(wanted, source.remaining()));
            queue.add(last);
            tail = last;
        }
        last.writeBytes(source);
    }

    /** Copies bytes out; how many, {@code -EAGAIN}, {@link HostStream#END} or {@code -ECONNRESET}. */
    int read(ByteBuffer target) {
        boolean wake;
        int count = 0;
        synchronized (this) {
            while (target.hasRemaining() && !queue.isEmpty()) {
                ByteBuf first = queue.peek();
                int part = Math.min(first.readableBytes(), target.remaining());
                int end = target.limit();
                target.limit(target.position() + part);
                first.readBytes(target);
                target.limit(end);
                count += part;
                if (!first.isReadable()) {
                    remove().release();
                }
            }
            if (count == 0) {
                return target.hasRemaining() ? nothing() : 0;
            }
            size -= count;
            wake = takeWriterWaits();
        }
        if (wake) {
            writable.run();
        }
        return count;
    }

    private int nothing() {
        if (reset) {
            return -Errno.ECONNRESET;
        }
        return finished ? HostStream.END : -Errno.EAGAIN;
    }

    /** The oldest buffer, which is the caller's now; null where there is none. */
    @Nullable ByteBuf poll() {
        boolean wake;
        ByteBuf buffer;
        synchronized (this) {
            if (queue.isEmpty()) {
                return null;
            }
            buffer = remove();
            size -= buffer.readableBytes();
            wake = takeWriterWaits();
        }
        if (wake) {
            writable.run();
        }
        return buffer;
    }

    private ByteBuf remove() {
        ByteBuf first = queue.remove();
        if (first == tail) {
            tail = null;
        }
        return first;
    }

    /** Whether there is nothing more and never will be. */
    synchronized boolean isOver() {
        return (finished || reset) && queue.isEmpty();
    }

    /** Whether the connection broke, rather than ended. */
    synchronized boolean isReset() {
        return reset;
    }

    /** Leaves a mark for the reader; true, without a mark, where it need not wait. */
    synchronized boolean awaitReadable() {
        if (!queue.isEmpty() || finished || reset) {
            return true;
        }
        readerWaits = true;
        return false;
    }

    /** Leaves a mark for the writer; true, without a mark, where it need not wait. */
    synchronized boolean awaitWritable() {
        if (size < CAPACITY || readerGone || finished) {
            return true;
        }
        writerWaits = true;
        return false;
    }

    /** The writer has written its last byte. */
    void finish() {
        boolean wake;
        synchronized (this) {
            finished = true;
            wake = takeReaderWaits();
        }
        if (wake) {
            readable.run();
        }
    }

    /** The reader reads no more; what is under way is dropped. */
    void abandon() {
        boolean wake;
        synchronized (this) {
            readerGone = true;
            clear();
            wake = takeWriterWaits();
        }
        if (wake) {
            writable.run();
        }
    }

    /** The connection breaks: the reader finds an error, even before what is under way. */
    void breakOff() {
        boolean wakeReader;
        boolean wakeWriter;
        synchronized (this) {
            reset = true;
            readerGone = true;
            clear();
            wakeReader = takeReaderWaits();
            wakeWriter = takeWriterWaits();
        }
        if (wakeReader) {
            readable.run();
        }
        if (wakeWriter) {
            writable.run();
        }
    }

    private void clear() {
        queue.forEach(ByteBuf::release);
        queue.clear();
        tail = null;
        size = 0;
    }

    private boolean takeReaderWaits() {
        boolean waits = readerWaits;
        readerWaits = false;
        return waits;
    }

    /** A writer is told when half of the queue is free, not for every byte. */
    private boolean takeWriterWaits() {
        if (!writerWaits || (size > CAPACITY / 2 && !readerGone)) {
            return false;
        }
        writerWaits = false;
        return true;
    }
}
