package dev.littlecloud.kernel.fs.pipe;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The channel between the ends of a pipe or FIFO; pipe(7). A ring of bytes that grows as it fills,
 * up to its capacity. Guarded by the instance lock.
 */
public final class Pipe {
    /** What fits by default. */
    public static final int DEFAULT_CAPACITY = 65536;

    /** /proc/sys/fs/pipe-max-size: what a process without privileges may ask for. */
    public static final int MAX_CAPACITY = 1 << 20;

    /** Writes of up to this many bytes are not interleaved with others. */
    public static final int ATOMIC = 4096;

    private static final byte[] EMPTY = {};
    private static final int FIRST_RING = 1024;

    private final Inode inode;

    /** What the ring is charged to; null for the few pipes that lead to the host. */
    private final @Nullable Frames frames;

    private byte[] ring = EMPTY;
    private int start;
    private int count;
    private int capacity = DEFAULT_CAPACITY;
    private int readers;
    private int writers;

    /** How often a reader or writer was added: what a blocking open of a FIFO waits for. */
    private int readerGeneration;

    private int writerGeneration;

    /** Lengths of the packets in the ring, in packet mode (O_DIRECT). */
    private @Nullable ArrayDeque<Integer> packets;

    private final WaitQueue readWaiters = new WaitQueue();
    private final WaitQueue writeWaiters = new WaitQueue();
    private final WaitQueue openWaiters = new WaitQueue();

    /**
     * @param inode what fstat(2) shows of both ends
     * @param frames what the bytes in it are charged to, or null
     */
    public Pipe(Inode inode, @Nullable Frames frames) {
        this.inode = inode;
        this.frames = frames;
    }

    public Inode inode() {
        return inode;
    }

    public int count() {
        return count;
    }

    public int capacity() {
        return capacity;
    }

    public int readers() {
        return readers;
    }

    public int writers() {
        return writers;
    }

    int readerGeneration() {
        return readerGeneration;
    }

    int writerGeneration() {
        return writerGeneration;
    }

    public WaitQueue readWaiters() {
        return readWaiters;
    }

    public WaitQueue writeWaiters() {
        return writeWaiters;
    }

    WaitQueue openWaiters() {
        return openWaiters;
    }

    /** Bytes that can be written now. */
    public int room() {
        return capacity - count;
    }

    public void addReader() {
        readers++;
        readerGeneration++;
        openWaiters.wakeAll();
        if (readers == 1) {
            writeWaiters.wake(PollEvents.WRITABLE);
        }
    }

    public void addWriter() {
        writers++;
        writerGeneration++;
        openWaiters.wakeAll();
    }

    public void dropReader() {
        if (--readers == 0) {
            writeWaiters.wake(PollEvents.WRITABLE | PollEvents.ERR);
        }
        freeIfClosed();
    }

    public void dropWriter() {
        if (--writers == 0) {
            readWaiters.wake(PollEvents.READABLE | PollEvents.HUP);
        }
        freeIfClosed();
    }

    private void freeIfClosed() {
        if (readers == 0 && writers == 0) {
            if (frames != null) {
                frames.uncharge(ring.length);
            }
            ring = EMPTY;
            start = 0;
            count = 0;
            packets = null;
        }
    }

    /** Moves up to {@code length} bytes out, a packet at most in packet mode. */
    public int take(IoBuffer buffer, long length) {
        int wanted = (int) Math.min(length, count);
        Integer packet = packets == null ? null : packets.peek();
        if (packet != null) {
            wanted = Math.min(wanted, packet);
        }
        int done = 0;
        while (done < wanted) {
            int part = Math.min(wanted - done, ring.length - start);
            buffer.put(ring, start, part);
            // Consumed piece by piece: a bad address half way loses nothing.
            start = start + part & ring.length - 1;
            count -= part;
            done += part;
        }
        if (packet != null && packets != null) {
            // The rest of a packet that did not fit is thrown away; pipe(2), O_DIRECT.
            int rest = packet - done;
            start = start + rest & ring.length - 1;
            count -= rest;
            packets.poll();
        }
        if (done > 0) {
            writeWaiters.wake(PollEvents.WRITABLE);
        }
        return done;
    }

    /** Copies bytes out that stay in the pipe; tee(2). */
    public void peek(byte[] target, int offset, int length) {
        int first = Math.min(length, ring.length - start);
        System.arraycopy(ring, start, target, offset, first);
        System.arraycopy(ring, 0, target, offset + first, length - first);
    }

    /** Moves {@code length} bytes in, for which there is room and memory was reserved. */
    public void put(IoBuffer buffer, int length, boolean packet) {
        int done = 0;
        while (done < length) {
            int end = start + count & ring.length - 1;
            int part = Math.min(length - done, ring.length - end);
            buffer.get(ring, end, part);
            count += part;
            done += part;
        }
        if (packet && length > 0) {
            if (packets == null) {
                packets = new ArrayDeque<>();
            }
            packets.add(length);
        } else if (packets != null && !packets.isEmpty()) {
            packets.add(length);
        }
        readWaiters.wake(PollEvents.READABLE);
    }

    /**
     * Provides memory for {@code length} more bytes; to be called before {@link #put}.
     *
     * @return false where the instance's memory does not allow it: ENOMEM
     */
    public boolean reserve(int length) {
        int needed = count + length;
        if (needed <= ring.length) {
            return true;
        }
        int size = Math.max(FIRST_RING, Integer.highestOneBit(needed - 1) << 1);
        if (frames != null && !frames.charge(size - ring.length)) {
            return false;
        }
        byte[] larger = new byte[size];
        peek(larger, 0, count);
        ring = larger;
        start = 0;
        return true;
    }

    /** fcntl(F_SETPIPE_SZ): the new capacity or {@code -errno}. */
    public long resize(long wanted) {
        if (wanted < 0 || wanted > 1L << 30) {
            return -Errno.EINVAL;
        }
        long rounded = Math.max(4096, wanted <= 1 ? 1 : Long.highestOneBit(wanted - 1) << 1);
        if (rounded > MAX_CAPACITY) {
            return -Errno.EPERM;
        }
        if (rounded < count) {
            return -Errno.EBUSY;
        }
        capacity = (int) rounded;
        writeWaiters.wake(PollEvents.WRITABLE);
        return rounded;
    }
}
