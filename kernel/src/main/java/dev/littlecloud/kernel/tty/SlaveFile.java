package dev.littlecloud.kernel.tty;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.InodeFile;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.PendingCall;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;
import org.jspecify.annotations.Nullable;

/** An open terminal: a pseudo-terminal's slave, also under the names /dev/tty and /dev/console. */
final class SlaveFile extends InodeFile {
    private static final long NANOS_PER_DECISECOND = 100_000_000L;
    private static final int CHUNK = 2048;
    private static final int HUNG_UP =
            PollEvents.READABLE | PollEvents.WRITABLE | PollEvents.ERR | PollEvents.HUP;

    private final Pty pty;
    private boolean hungUp;

    SlaveFile(Pty pty, int flags, @Nullable Dentry dentry, Inode inode) {
        super(flags, dentry, inode);
        this.pty = pty;
        pty.slaveOpened(this);
    }

    Pty pty() {
        return pty;
    }

    void hangUp() {
        hungUp = true;
    }

    boolean isHungUp() {
        return hungUp;
    }

    @Override
    protected void close() {
        pty.slaveClosed(this);
        super.close();
    }

    /** What a read in raw mode has seen before it went to sleep, to time the bytes after it. */
    private record SeenBytes(int count) implements PendingCall {
        @Override
        public void cancel(Task task) {}
    }

    @Override
    public long read(Task task, IoBuffer buffer, long at) {
        if (at != AT_OFFSET) {
            return -Errno.ESPIPE;
        }
        if (hungUp) {
            return 0;
        }
        long refusal = JobControl.check(task, pty.terminal(), Signal.SIGTTIN, pty.slaveEvents());
        if (refusal != 0 || buffer.remaining() == 0) {
            return refusal;
        }
        LineDiscipline discipline = pty.discipline();
        long wait =
                discipline.settings().isCanonical()
                        ? waitForLine(task, discipline)
                        : waitForBytes(task, discipline, buffer.remaining());
        if (wait != 0) {
            return wait;
        }
        if (!discipline.isReadable()) {
            return 0;
        }
        int count = discipline.read(buffer);
        pty.inputTaken();
        return count;
    }

    private long waitForLine(Task task, LineDiscipline discipline) {
        if (discipline.isReadable()) {
            return 0;
        }
        return isNonblocking() ? -Errno.EAGAIN : task.blockOn(pty.slaveEvents());
    }

    /** Waits as VMIN and VTIME say; termios(3), "Canonical and noncanonical mode". */
    private long waitForBytes(Task task, LineDiscipline discipline, long wanted) {
        TerminalSettings settings = discipline.settings();
        int available = discipline.available();
        int minimum = settings.character(TerminalFlags.VMIN);
        long nanos = settings.character(TerminalFlags.VTIME) * NANOS_PER_DECISECOND;
        if (minimum == 0 && nanos == 0 || available >= Math.clamp(minimum, 1, wanted)) {
            return 0;
        }
        if (isNonblocking()) {
            return available > 0 ? 0 : -Errno.EAGAIN;
        }
        if (minimum == 0) {
            task.deadlineIn(nanos);
        } else if (nanos > 0 && available > 0) {
            restartTimer(task, available, nanos);
        }
        return task.isDeadlinePassed() ? 0 : task.blockOn(pty.slaveEvents());
    }

    private static void restartTimer(Task task, int available, long nanos) {
        if (!(task.pending() instanceof SeenBytes seen) || seen.count() != available) {
            task.pending(new SeenBytes(available));
            task.deadlineAt(task.kernel().clock().monotonicNanos() + nanos);
        }
    }

    @Override
    public long write(Task task, IoBuffer buffer, long at) {
        if (at != AT_OFFSET) {
            return -Errno.ESPIPE;
        }
        if (hungUp) {
            return -Errno.EIO;
        }
        if (pty.discipline().settings().hasLocal(TerminalFlags.TOSTOP)) {
            long refusal =
                    JobControl.check(task, pty.terminal(), Signal.SIGTTOU, pty.slaveEvents());
            if (refusal != 0) {
                return refusal;
            }
        }
        long written = task.progress();
        buffer.position(written);
        byte[] chunk = new byte[(int) Math.min(buffer.remaining(), CHUNK)];
        boolean full = false;
        while (!full && buffer.remaining() > 0) {
            int length = (int) Math.min(buffer.remaining(), chunk.length);
            buffer.get(chunk, 0, length);
            int taken = pty.discipline().write(chunk, 0, length);
            written += taken;
            buffer.position(written);
            full = taken < length;
        }
        pty.screenChanged();
        if (!full) {
            return written;
        }
        if (isNonblocking()) {
            return written > 0 ? written : -Errno.EAGAIN;
        }
        task.progress(written);
        return task.blockOn(pty.slaveEvents());
    }

    @Override
    public int poll() {
        if (hungUp) {
            return HUNG_UP;
        }
        LineDiscipline discipline = pty.discipline();
        return (discipline.isPollReadable() ? PollEvents.READABLE : 0)
                | (discipline.isWritable() ? PollEvents.WRITABLE : 0);
    }

    @Override
    public WaitQueue waitQueue() {
        return pty.slaveEvents();
    }

    @Override
    public long ioctl(Task task, int request, long argument) {
        if (hungUp) {
            return request == TtyRequests.TIOCSPGRP ? -Errno.ENOTTY : -Errno.EIO;
        }
        return TerminalIoctls.slave(task, this, request, argument);
    }

    @Override
    public String description() {
        return dentry() == null ? pty.path() : super.description();
    }
}
