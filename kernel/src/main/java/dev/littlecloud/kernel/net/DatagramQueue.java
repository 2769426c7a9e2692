package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.io.IoBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages with their boundaries, sources and what came beside them. Guarded by the instance lock.
 */
final class DatagramQueue {
    /** What a small message costs at least; skb->truesize of Linux. */
    private static final int LEAST_CHARGE = 768;

    private static final int OVERHEAD = 576;

    /** Places for messages that a queue has for nothing, and the charge of each further one. */
    private static final int LEAST_SLOTS = 4;

    private static final int SLOT_BYTES = 16;

    private final SocketMemory memory;
    private final ByteQueue payload;
    private int[] lengths = new int[LEAST_SLOTS];
    private @Nullable SocketAddress[] sources = new @Nullable SocketAddress[LEAST_SLOTS];
    private @Nullable Object[] beside = new @Nullable Object[LEAST_SLOTS];
    private int head;
    private int count;
    private long charged;

    DatagramQueue(SocketMemory memory) {
        this.memory = memory;
        this.payload = new ByteQueue(memory);
    }

    static long charge(long length) {
        return Math.max(LEAST_CHARGE, length + OVERHEAD);
    }

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    /** Whether one more message fits under a limit in bytes; the first one always does. */
    boolean hasRoom(long length, long limit) {
        return count == 0 || charged + charge(length) <= limit;
    }

    /** Bytes that messages are charged with against the socket's buffer size. */
    long charged() {
        return charged;
    }

    /**
     * Appends a message.
     *
     * @param extra {@link Ancillary} or destination, told by {@link #extra}
     * @return false where the instance's memory for sockets is used up
     */
    boolean add(IoBuffer source, int length, @Nullable SocketAddress from, @Nullable Object extra) {
        if (!memory.hasRoom(length + Chunk.SIZE)) {
            return false;
        }
        if (count == lengths.length && !grow()) {
            return false;
        }
        if (!appendWhole(source, length)) {
            return false;
        }
        int slot = (head + count) & lengths.length - 1;
        lengths[slot] = length;
        sources[slot] = from;
        beside[slot] = extra;
        count++;
        charged += charge(length);
        return true;
    }

    /** A message is there as a whole or not at all, even where the guest's address is bad. */
    private boolean appendWhole(IoBuffer source, int length) {
        long before = payload.size();
        long start = source.position();
        boolean whole = false;
        try {
            whole = payload.append(source, length) == length;
        } finally {
            if (!whole) {
                payload.truncate(before);
                source.position(start);
            }
        }
        return whole;
    }

    private boolean grow() {
        int size = lengths.length;
        if (!memory.charge((long) size * SLOT_BYTES)) {
            return false;
        }
        lengths = Arrays.copyOf(lengths, size * 2);
        sources = Arrays.copyOf(sources, size * 2);
        beside = Arrays.copyOf(beside, size * 2);
        // What wrapped around goes behind the old end.
        System.arraycopy(lengths, 0, lengths, size, head);
        System.arraycopy(sources, 0, sources, size, head);
        System.arraycopy(beside, 0, beside, size, head);
        return true;
    }

    /** Length of the first message in bytes. */
    int firstLength() {
        return lengths[head];
    }

    @Nullable SocketAddress firstSource() {
        return sources[head];
    }

    /** What came with the first message. */
    @Nullable Object extra() {
        return beside[head];
    }

    /** Copies the start of the first message: bytes copied. */
    long copyFirst(IoBuffer target) {
        long length = Math.min(firstLength(), target.remaining());
        payload.peek(target, 0, length);
        return length;
    }

    /** Forgets the first message. */
    void removeFirst() {
        int length = lengths[head];
        payload.skip(length);
        charged -= charge(length);
        sources[head] = null;
        beside[head] = null;
        head = head + 1 & lengths.length - 1;
        count--;
    }

    /** Visits what came beside messages from other programs. */
    void forEachAncillary(Consumer<Ancillary> visitor) {
        for (int i = 0; i < count; i++) {
            if (beside[head + i & beside.length - 1] instanceof Ancillary ancillary) {
                visitor.accept(ancillary);
            }
        }
    }

    void clear() {
        while (count > 0) {
            if (extra() instanceof Ancillary ancillary) {
                ancillary.drop();
            }
            removeFirst();
        }
        payload.clear();
        memory.uncharge((long) (lengths.length - LEAST_SLOTS) * SLOT_BYTES);
        lengths = new int[LEAST_SLOTS];
        sources = new @Nullable SocketAddress[LEAST_SLOTS];
        beside = new @Nullable Object[LEAST_SLOTS];
        head = 0;
    }
}
