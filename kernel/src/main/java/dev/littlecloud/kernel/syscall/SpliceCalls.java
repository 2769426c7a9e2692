package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.fs.pipe.Pipe;
import dev.littlecloud.kernel.fs.pipe.PipeEnd;
import dev.littlecloud.kernel.io.KernelIo;
import dev.littlecloud.kernel.io.UserIo;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** splice(2), tee(2), vmsplice(2). Pages are copied: guests see no difference but the time. */
final class SpliceCalls {
    private static final int SPLICE_F_NONBLOCK = 2;
    private static final int SPLICE_FLAGS = 15;
    private static final int MAX_TRANSFER = 65536;

    private SpliceCalls() {}

    static void register(SyscallTable table) {
        table.full(275, "splice", "fd,ptr,fd,ptr,int,hex", (Handler.Call6) SpliceCalls::splice);
        table.full(276, "tee", "fd,fd,int,hex", (Handler.Call4) SpliceCalls::tee);
        table.full(278, "vmsplice", "fd,ptr,int,hex", (Handler.Call4) SpliceCalls::vmsplice);
    }

    private static @Nullable Pipe pipe(OpenFile file) {
        return file instanceof PipeEnd end ? end.pipe() : null;
    }

    private static long splice(
            Task task,
            long inFd,
            long inAddress,
            long outFd,
            long outAddress,
            long wanted,
            long flags) {
        if ((flags & ~SPLICE_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        if (wanted == 0) {
            return 0;
        }
        OpenFile in = task.files().get(inFd);
        OpenFile out = task.files().get(outFd);
        if (in == null || out == null || !in.isReadable() || !out.isWritable()) {
            return -Errno.EBADF;
        }
        Pipe source = pipe(in);
        Pipe target = pipe(out);
        if ((source != null && inAddress != 0) || (target != null && outAddress != 0)) {
            return -Errno.ESPIPE;
        }
        if ((source == null && target == null) || source == target) {
            return -Errno.EINVAL;
        }
        boolean waits = (flags & SPLICE_F_NONBLOCK) == 0;
        if (source != null) {
            long status = awaitData(task, source, waits && !in.isNonblocking());
            if (status <= 0) {
                return status;
            }
        }
        if (target != null) {
            long status = awaitRoom(task, target, waits && !out.isNonblocking());
            if (status <= 0) {
                return status;
            }
        }
        if (source != null && target != null) {
            return copy(task, source, target, wanted, true);
        }
        return source != null
                ? drain(task, source, out, outAddress, wanted)
                : fill(task, in, inAddress, target, wanted);
    }

    /** 1 where there is data, 0 at the end, {@code -EAGAIN}, or BLOCK. */
    private static long awaitData(Task task, Pipe pipe, boolean waits) {
        if (pipe.count() > 0) {
            return 1;
        }
        if (pipe.writers() == 0) {
            return 0;
        }
        return waits ? task.blockOn(pipe.readWaiters()) : -Errno.EAGAIN;
    }

    /** 1 where there is room, {@code -EPIPE}, {@code -EAGAIN}, or BLOCK. */
    private static long awaitRoom(Task task, Pipe pipe, boolean waits) {
        if (pipe.readers() == 0) {
            task.signals().send(SigInfo.fromKernel(Signal.SIGPIPE));
            return -Errno.EPIPE;
        }
        if (pipe.room() > 0) {
            // No transfer here moves more than the buffer it passes through, or than fits.
            return pipe.reserve(Math.min(pipe.room(), MAX_TRANSFER)) ? 1 : -Errno.ENOMEM;
        }
        return waits ? task.blockOn(pipe.writeWaiters()) : -Errno.EAGAIN;
    }

    /** From pipe to pipe, taking the bytes or leaving them (tee). */
    private static long copy(Task task, Pipe source, Pipe target, long wanted, boolean takes) {
        byte[] chunk = Vfs.of(task).transferBuffer(wanted);
        int length =
                (int)
                        Math.min(
                                Math.min(wanted, chunk.length),
                                Math.min(source.count(), target.room()));
        if (takes) {
            length = source.take(new KernelIo(chunk), length);
        } else {
            source.peek(chunk, 0, length);
        }
        target.put(new KernelIo(chunk), length, false);
        return length;
    }

    /** From a pipe into a file or socket. */
    private static long drain(Task task, Pipe source, OpenFile out, long address, long wanted) {
        if ((out.flags() & OpenFlags.O_APPEND) != 0) {
            return -Errno.EINVAL;
        }
        if (address != 0 && !out.isSeekable()) {
            return -Errno.ESPIPE;
        }
        byte[] chunk = Vfs.of(task).transferBuffer(wanted);
        int length = (int) Math.min(Math.min(wanted, chunk.length), source.count());
        source.peek(chunk, 0, length);
        KernelIo buffer = new KernelIo(chunk);
        buffer.reset(length);
        long at = address == 0 ? OpenFile.AT_OFFSET : task.memory().readLong(address);
        if (address != 0 && at < 0) {
            return -Errno.EINVAL;
        }
        long written = out.write(task, buffer, at);
        if (written == Task.BLOCK) {
            // What the target took already is out of the pipe; the call ends with that.
            long part = task.progress();
            if (part == 0) {
                return Task.BLOCK;
            }
            task.progress(0);
            source.take(new KernelIo(chunk), part);
            return part;
        }
        if (written > 0) {
            source.take(new KernelIo(chunk), written);
            if (address != 0) {
                task.memory().writeLong(address, at + written);
            }
        }
        return written;
    }

    /** From a file or socket into a pipe. */
    private static long fill(
            Task task, OpenFile in, long address, @Nullable Pipe target, long wanted) {
        if (target == null || in.inode().isDirectory()) {
            return -Errno.EINVAL;
        }
        if (address != 0 && !in.isSeekable()) {
            return -Errno.ESPIPE;
        }
        byte[] chunk = Vfs.of(task).transferBuffer(wanted);
        KernelIo buffer = new KernelIo(chunk);
        buffer.reset(Math.min(Math.min(wanted, chunk.length), target.room()));
        long at = address == 0 ? OpenFile.AT_OFFSET : task.memory().readLong(address);
        if (address != 0 && at < 0) {
            return -Errno.EINVAL;
        }
        long read = in.read(task, buffer, at);
        if (read > 0) {
            buffer.reset(read);
            target.put(buffer, (int) read, false);
            if (address != 0) {
                task.memory().writeLong(address, at + read);
            }
        }
        return read;
    }

    private static long tee(Task task, long inFd, long outFd, long wanted, long flags) {
        if ((flags & ~SPLICE_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        if (wanted == 0) {
            return 0;
        }
        OpenFile in = task.files().get(inFd);
        OpenFile out = task.files().get(outFd);
        if (in == null || out == null || !in.isReadable() || !out.isWritable()) {
            return -Errno.EBADF;
        }
        Pipe source = pipe(in);
        Pipe target = pipe(out);
        if (source == null || target == null || source == target) {
            return -Errno.EINVAL;
        }
        boolean waits = (flags & SPLICE_F_NONBLOCK) == 0;
        long status = awaitData(task, source, waits && !in.isNonblocking());
        if (status <= 0) {
            return status;
        }
        status = awaitRoom(task, target, waits && !out.isNonblocking());
        return status <= 0 ? status : copy(task, source, target, wanted, false);
    }

    private static long vmsplice(Task task, long fd, long vector, long count, long flags) {
        if ((flags & ~SPLICE_FLAGS) != 0) {
            return -Errno.EINVAL;
        }
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        Pipe pipe = pipe(file);
        if (pipe == null) {
            return -Errno.EBADF;
        }
        UserIo io = task.io();
        long status = io.vector(vector, count);
        if (status != 0) {
            return status;
        }
        boolean waits = (flags & SPLICE_F_NONBLOCK) == 0 && !file.isNonblocking();
        if (!file.isWritable()) {
            status = awaitData(task, pipe, waits);
            return status <= 0 ? status : pipe.take(io, io.remaining());
        }
        status = awaitRoom(task, pipe, waits);
        if (status <= 0) {
            return status;
        }
        int length = (int) Math.min(Math.min(io.remaining(), MAX_TRANSFER), pipe.room());
        pipe.put(io, length, false);
        return length;
    }
}
