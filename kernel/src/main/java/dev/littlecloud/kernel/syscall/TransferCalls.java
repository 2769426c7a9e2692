package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.io.UserIo;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.task.Task;

/** read(2), write(2), their positioned and vectored forms, lseek(2). */
final class TransferCalls {
    private static final int RWF_NOWAIT = 8;
    private static final int RWF_APPEND = 16;
    private static final int RWF_ALL = 31;

    private TransferCalls() {}

    static void register(SyscallTable table) {
        table.full(0, "read", "fd,ptr,int", (Handler.Call3) TransferCalls::read);
        table.full(1, "write", "fd,ptr,int", (Handler.Call3) TransferCalls::write);
        table.full(8, "lseek", "fd,int,int", (Handler.Call3) TransferCalls::lseek);
        table.full(17, "pread64", "fd,ptr,int,int", (Handler.Call4) TransferCalls::pread);
        table.full(18, "pwrite64", "fd,ptr,int,int", (Handler.Call4) TransferCalls::pwrite);
        table.full(19, "readv", "fd,ptr,int", (Handler.Call3) TransferCalls::readv);
        table.full(20, "writev", "fd,ptr,int", (Handler.Call3) TransferCalls::writev);
        table.full(295, "preadv", "fd,ptr,int,int", (Handler.Call5) TransferCalls::preadv);
        table.full(296, "pwritev", "fd,ptr,int,int", (Handler.Call5) TransferCalls::pwritev);
        table.full(
                327, "preadv2", "fd,ptr,int,int,int,hex", (Handler.Call6) TransferCalls::preadv2);
        table.full(
                328, "pwritev2", "fd,ptr,int,int,int,hex", (Handler.Call6) TransferCalls::pwritev2);
    }

    /** Reads; what came before a bad address counts. */
    static long transferIn(Task task, OpenFile file, UserIo buffer, long at) {
        long whole = buffer.remaining();
        long before = nextPart(task, file, buffer);
        long done;
        try {
            done = total(before, file.read(task, buffer, positionOf(at, before)));
            if (goesOn(task, file, done, before, whole)) {
                return task.yield(done);
            }
        } catch (GuestFault fault) {
            done = buffer.position();
            if (done == 0) {
                throw fault;
            }
        }
        task.transfers().read(done);
        return done;
    }

    /** Writes; what came before a bad address counts. */
    static long transferOut(Task task, OpenFile file, UserIo buffer, long at) {
        long whole = buffer.remaining();
        long before = nextPart(task, file, buffer);
        long done;
        try {
            done = total(before, file.write(task, buffer, positionOf(at, before)));
            if (goesOn(task, file, done, before, whole)) {
                return task.yield(done);
            }
        } catch (GuestFault fault) {
            done = buffer.position();
            if (done == 0) {
                throw fault;
            }
        }
        task.transfers().wrote(done);
        return done;
    }

    /**
     * Leaves of a long transfer the part that is next, so that others get the lock between two of
     * them. Files without positions wait in the middle of transfers themselves.
     *
     * @return bytes that earlier parts moved
     */
    private static long nextPart(Task task, OpenFile file, UserIo buffer) {
        if (!file.isSeekable()) {
            return 0;
        }
        long before = task.progress();
        if (before > 0) {
            buffer.position(before);
        }
        buffer.limit(file.mostAtOnce());
        return before;
    }

    private static long positionOf(long at, long before) {
        return at == OpenFile.AT_OFFSET ? at : at + before;
    }

    /** What the parts moved together; an error of a later one comes with the next call. */
    private static long total(long before, long moved) {
        if (moved >= 0) {
            return before + moved;
        }
        return before > 0 ? before : moved;
    }

    /** Whether there is a further part: not of devices where a signal waits; random(4). */
    private static boolean goesOn(Task task, OpenFile file, long done, long before, long whole) {
        return done < whole
                && done - before == file.mostAtOnce()
                && file.isSeekable()
                && (file.inode().isRegular() || !task.signals().isDeliverable());
    }

    private static long read(Task task, long fd, long address, long length) {
        OpenFile file = task.files().get(fd);
        if (file == null || !file.isReadable()) {
            return -Errno.EBADF;
        }
        if (length < 0) {
            return -Errno.EFAULT;
        }
        return transferIn(task, file, task.io().single(address, length), OpenFile.AT_OFFSET);
    }

    private static long write(Task task, long fd, long address, long length) {
        OpenFile file = task.files().get(fd);
        if (file == null || !file.isWritable()) {
            return -Errno.EBADF;
        }
        if (length < 0) {
            return -Errno.EFAULT;
        }
        return transferOut(task, file, task.io().single(address, length), OpenFile.AT_OFFSET);
    }

    /** Whether a transfer may begin there: its end must be a position, too. */
    private static boolean isPosition(long position, long length) {
        return position >= 0 && (length < 0 || position <= Long.MAX_VALUE - length);
    }

    private static long pread(Task task, long fd, long address, long length, long position) {
        if (!isPosition(position, length)) {
            return -Errno.EINVAL;
        }
        OpenFile file = task.files().get(fd);
        if (file == null || (!file.isReadable() && file.isSeekable())) {
            return -Errno.EBADF;
        }
        if (!file.isSeekable()) {
            return PathArguments.isPathOnly(file) ? -Errno.EBADF : -Errno.ESPIPE;
        }
        if (length < 0) {
            return -Errno.EFAULT;
        }
        return transferIn(task, file, task.io().single(address, length), position);
    }

    private static long pwrite(Task task, long fd, long address, long length, long position) {
        if (!isPosition(position, length)) {
            return -Errno.EINVAL;
        }
        OpenFile file = task.files().get(fd);
        if (file == null || (!file.isWritable() && file.isSeekable())) {
            return -Errno.EBADF;
        }
        if (!file.isSeekable()) {
            return PathArguments.isPathOnly(file) ? -Errno.EBADF : -Errno.ESPIPE;
        }
        if (length < 0) {
            return -Errno.EFAULT;
        }
        return transferOut(task, file, task.io().single(address, length), position);
    }

    private static long readv(Task task, long fd, long vector, long count) {
        return vectorIn(task, fd, vector, count, OpenFile.AT_OFFSET);
    }

    private static long writev(Task task, long fd, long vector, long count) {
        return vectorOut(task, fd, vector, count, OpenFile.AT_OFFSET);
    }

    private static long preadv(
            Task task, long fd, long vector, long count, long position, long high) {
        return position < 0 ? -Errno.EINVAL : vectorIn(task, fd, vector, count, position);
    }

    private static long pwritev(
            Task task, long fd, long vector, long count, long position, long high) {
        return position < 0 ? -Errno.EINVAL : vectorOut(task, fd, vector, count, position);
    }

    private static long preadv2(
            Task task, long fd, long vector, long count, long position, long high, long flags) {
        if (position < -1) {
            return -Errno.EINVAL;
        }
        int status = checkFlags(task, fd, flags & ~RWF_APPEND);
        if ((flags & RWF_APPEND) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        return status != 0 ? status : vectorIn(task, fd, vector, count, position);
    }

    private static long pwritev2(
            Task task, long fd, long vector, long count, long position, long high, long flags) {
        if (position < -1) {
            return -Errno.EINVAL;
        }
        int status = checkFlags(task, fd, flags);
        if (status != 0) {
            return status;
        }
        OpenFile file = task.files().get(fd);
        if ((flags & RWF_APPEND) == 0 || file == null || !file.isSeekable()) {
            return vectorOut(task, fd, vector, count, position);
        }
        // Of a long transfer's further parts: where its first one began.
        long end = file.inode().size() - task.progress();
        long written = vectorOut(task, fd, vector, count, end);
        if (written > 0 && position == OpenFile.AT_OFFSET) {
            file.seek(task, end + written, 0);
        }
        return written;
    }

    private static int checkFlags(Task task, long fd, long flags) {
        if ((flags & ~RWF_ALL) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        OpenFile file = task.files().get(fd);
        boolean waits = file != null && !file.isSeekable() && !file.isNonblocking();
        return (flags & RWF_NOWAIT) != 0 && waits ? -Errno.EOPNOTSUPP : 0;
    }

    private static long vectorIn(Task task, long fd, long vector, long count, long at) {
        OpenFile file = task.files().get(fd);
        if (file == null || !file.isReadable()) {
            return -Errno.EBADF;
        }
        if (at != OpenFile.AT_OFFSET && !file.isSeekable()) {
            return -Errno.ESPIPE;
        }
        UserIo io = task.io();
        long status = io.vector(vector, count);
        return status != 0 ? status : transferIn(task, file, io, at);
    }

    private static long vectorOut(Task task, long fd, long vector, long count, long at) {
        OpenFile file = task.files().get(fd);
        if (file == null || !file.isWritable()) {
            return -Errno.EBADF;
        }
        if (at != OpenFile.AT_OFFSET && !file.isSeekable()) {
            return -Errno.ESPIPE;
        }
        UserIo io = task.io();
        long status = io.vector(vector, count);
        return status != 0 ? status : transferOut(task, file, io, at);
    }

    private static long lseek(Task task, long fd, long distance, long whence) {
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        if (whence < 0 || whence > 4) {
            return -Errno.EINVAL;
        }
        return file.seek(task, distance, (int) whence);
    }
}
