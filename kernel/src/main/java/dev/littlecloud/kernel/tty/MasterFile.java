package dev.littlecloud.kernel.tty;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.InodeFile;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;
import org.jspecify.annotations.Nullable;

/** The master of a pseudo-terminal: what opening /dev/ptmx makes; ptmx(4). */
final class MasterFile extends InodeFile {
    private static final int CHUNK = 2048;

    private final Pty pty;

    MasterFile(Pty pty, int flags, @Nullable Dentry dentry, Inode inode) {
        super(flags, dentry, inode);
        this.pty = pty;
    }

    Pty pty() {
        return pty;
    }

    @Override
    protected void close() {
        pty.masterClosed();
        super.close();
    }

    @Override
    public long read(Task task, IoBuffer buffer, long at) {
        if (at != AT_OFFSET) {
            return -Errno.ESPIPE;
        }
        if (buffer.remaining() == 0) {
            return 0;
        }
        PacketStatus packets = pty.packets();
        if (packets.hasPending()) {
            return putByte(buffer, packets.take());
        }
        if (!pty.screen().isEmpty()) {
            int status = packets.isEnabled() ? putByte(buffer, PacketStatus.DATA) : 0;
            int count = pty.screen().take(buffer);
            pty.outputTaken();
            return status + count;
        }
        if (pty.isSlaveGone()) {
            return -Errno.EIO;
        }
        return isNonblocking() ? -Errno.EAGAIN : task.blockOn(pty.masterEvents());
    }

    private static int putByte(IoBuffer buffer, int value) {
        buffer.put(new byte[] {(byte) value}, 0, 1);
        return 1;
    }

    @Override
    public long write(Task task, IoBuffer buffer, long at) {
        if (at != AT_OFFSET) {
            return -Errno.ESPIPE;
        }
        long written = task.progress();
        buffer.position(written);
        byte[] chunk = new byte[(int) Math.min(buffer.remaining(), CHUNK)];
        boolean full = false;
        while (!full && buffer.remaining() > 0) {
            int length = (int) Math.min(buffer.remaining(), chunk.length);
            buffer.get(chunk, 0, length);
            int taken = pty.type(chunk, 0, length);
            written += taken;
            buffer.position(written);
            full = taken < length;
        }
        if (!full) {
            return written;
        }
        if (isNonblocking()) {
            return written > 0 ? written : -Errno.EAGAIN;
        }
        task.progress(written);
        return task.blockOn(pty.masterEvents());
    }

    @Override
    public int poll() {
        return (pty.screen().isEmpty() ? 0 : PollEvents.READABLE)
                | (pty.packets().hasPending() ? PollEvents.PRI | PollEvents.READABLE : 0)
                | (pty.typedRoom() > 0 ? PollEvents.WRITABLE : 0)
                | (pty.isSlaveGone() ? PollEvents.HUP : 0);
    }

    @Override
    public WaitQueue waitQueue() {
        return pty.masterEvents();
    }

    @Override
    public long ioctl(Task task, int request, long argument) {
        return TerminalIoctls.master(task, this, request, argument);
    }
}
