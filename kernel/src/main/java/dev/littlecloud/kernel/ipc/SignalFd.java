package dev.littlecloud.kernel.ipc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.AnonymousInode;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.kernel.task.WaitQueue;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Pending signals as something to read: signalfd(2). Reads take the signals of whoever reads;
 * readiness is told for the process that made it. Guarded by the instance lock.
 */
public final class SignalFd extends OpenFile {
    /** sizeof(struct signalfd_siginfo). */
    private static final int RECORD_BYTES = 128;

    /** Signals whose details are an address when the processor raised them. */
    private static final long FAULTS =
            Signal.bit(Signal.SIGSEGV)
                    | Signal.bit(Signal.SIGBUS)
                    | Signal.bit(Signal.SIGILL)
                    | Signal.bit(Signal.SIGFPE)
                    | Signal.bit(Signal.SIGTRAP);

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final ThreadGroup maker;
    private final MemorySegment record = MemorySegment.ofArray(new byte[RECORD_BYTES]);
    private long mask;

    public SignalFd(ThreadGroup maker, long mask, int flags) {
        super(OpenFlags.O_RDWR | flags);
        this.maker = maker;
        mask(mask);
    }

    public void mask(long newMask) {
        mask = newMask & ~Signal.UNBLOCKABLE;
    }

    @Override
    public long read(Task task, IoBuffer buffer, long at) {
        if (buffer.remaining() < RECORD_BYTES) {
            return -Errno.EINVAL;
        }
        long done = 0;
        while (buffer.remaining() >= RECORD_BYTES) {
            SigInfo info = task.signals().take(mask);
            if (info == null) {
                break;
            }
            fill(info);
            buffer.put(record, 0, RECORD_BYTES);
            done += RECORD_BYTES;
        }
        if (done > 0) {
            return done;
        }
        if (isNonblocking()) {
            return -Errno.EAGAIN;
        }
        task.waitOn(task.group().signalEvents(), PollEvents.READABLE, false);
        return task.block();
    }

    /** Lays out {@code struct signalfd_siginfo}. */
    private void fill(SigInfo info) {
        record.fill((byte) 0);
        record.set(INT, 0, info.signal());
        record.set(INT, 4, info.errno());
        record.set(INT, 8, info.code());
        int signal = info.signal();
        boolean fault = info.code() > 0 && (Signal.bit(signal) & FAULTS) != 0;
        if (fault) {
            record.set(LONG, 72, info.first());
        } else if (info.code() == SigInfo.SI_TIMER) {
            record.set(INT, 24, (int) info.first());
            record.set(INT, 32, (int) (info.first() >>> 32));
            value(info.second());
        } else if (signal == Signal.SIGIO && info.code() > 0) {
            record.set(INT, 28, (int) info.first());
            record.set(INT, 20, (int) info.second());
        } else {
            record.set(INT, 12, info.pid());
            record.set(INT, 16, info.uid());
            if (signal == Signal.SIGCHLD && info.code() > 0) {
                record.set(INT, 40, (int) info.second());
                record.set(LONG, 56, info.third());
                record.set(LONG, 64, info.fourth());
            } else {
                value(info.second());
            }
        }
    }

    private void value(long value) {
        record.set(INT, 44, (int) value);
        record.set(LONG, 48, value);
    }

    @Override
    public int poll() {
        if (maker.threads().isEmpty()) {
            return 0;
        }
        long pending = maker.threads().getFirst().signals().pendingMask();
        return (pending & mask) != 0 ? PollEvents.READABLE : 0;
    }

    @Override
    public WaitQueue waitQueue() {
        return maker.signalEvents();
    }

    @Override
    protected void close() {}

    @Override
    public Inode inode() {
        return AnonymousInode.INSTANCE;
    }

    @Override
    public String description() {
        return "anon_inode:[signalfd]";
    }
}
