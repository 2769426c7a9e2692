package dev.littlecloud.kernel.fs.pipe;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.InodeFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;
import org.jspecify.annotations.Nullable;

/** An open end of a pipe or FIFO; a FIFO opened for reading and writing is both. */
public final class PipeEnd extends InodeFile {
    private static final int FIONREAD = 0x541B;

    private final Pipe pipe;

    /** Writers that had come when this end was opened: before any came there is no hang-up. */
    private final int writersAtOpen;

    public PipeEnd(int flags, @Nullable Dentry dentry, Pipe pipe) {
        super(flags, dentry, pipe.inode());
        this.pipe = pipe;
        if (isReadable()) {
            pipe.addReader();
        }
        if (isWritable()) {
            pipe.addWriter();
        }
        boolean writersCame = pipe.writers() > 0 || pipe.inode() instanceof PipeInode;
        this.writersAtOpen = writersCame ? pipe.writerGeneration() - 1 : pipe.writerGeneration();
    }

    public Pipe pipe() {
        return pipe;
    }

    @Override
    public long read(Task task, IoBuffer buffer, long at) {
        if (buffer.remaining() == 0) {
            return 0;
        }
        if (pipe.count() > 0) {
            pipe.inode().accessed(Vfs.now(task));
            return pipe.take(buffer, buffer.remaining());
        }
        if (pipe.writers() == 0) {
            return 0;
        }
        return isNonblocking() ? -Errno.EAGAIN : task.blockOn(pipe.readWaiters());
    }

    @Override
    public long write(Task task, IoBuffer buffer, long at) {
        long total = buffer.remaining();
        if (total == 0) {
            return 0;
        }
        // Written in earlier runs of a call that blocked half way.
        long done = task.progress();
        buffer.position(buffer.position() + done);
        if (pipe.readers() == 0) {
            if (done > 0) {
                return done;
            }
            task.signals().send(SigInfo.fromKernel(Signal.SIGPIPE));
            return -Errno.EPIPE;
        }
        long wanted = total - done;
        int room = pipe.room();
        boolean fits = wanted <= Pipe.ATOMIC ? room >= wanted : room > 0;
        if (fits) {
            int part = (int) Math.min(wanted, room);
            if (!pipe.reserve(part)) {
                return done > 0 ? done : -Errno.ENOMEM;
            }
            putAll(buffer, part);
            pipe.inode().modified(Vfs.now(task));
            done += part;
        }
        if (done == total) {
            return done;
        }
        if (isNonblocking()) {
            return done > 0 ? done : -Errno.EAGAIN;
        }
        task.progress(done);
        return task.blockOn(pipe.writeWaiters());
    }

    private void putAll(IoBuffer buffer, int length) {
        boolean packet = (flags() & OpenFlags.O_DIRECT) != 0;
        for (int left = length; left > 0; ) {
            int part = packet ? Math.min(left, Pipe.ATOMIC) : left;
            pipe.put(buffer, part, packet);
            left -= part;
        }
    }

    @Override
    public int poll() {
        int events = 0;
        if (isReadable()) {
            if (pipe.count() > 0) {
                events |= PollEvents.READABLE;
            }
            if (pipe.writers() == 0 && pipe.writerGeneration() != writersAtOpen) {
                events |= PollEvents.HUP;
            }
        }
        if (isWritable()) {
            if (pipe.room() >= Pipe.ATOMIC) {
                events |= PollEvents.WRITABLE;
            }
            if (pipe.readers() == 0) {
                events |= PollEvents.ERR;
            }
        }
        return events;
    }

    @Override
    public WaitQueue waitQueue() {
        return isReadable() ? pipe.readWaiters() : pipe.writeWaiters();
    }

    @Override
    public long ioctl(Task task, int request, long argument) {
        if (request == FIONREAD) {
            task.memory().writeInt(argument, pipe.count());
            return 0;
        }
        return -Errno.ENOTTY;
    }

    @Override
    protected void close() {
        if (isReadable()) {
            pipe.dropReader();
        }
        if (isWritable()) {
            pipe.dropWriter();
        }
        super.close();
    }

    @Override
    public String description() {
        Dentry place = dentry();
        return place == null ? "pipe:[" + inode().number() + "]" : place.name();
    }
}
