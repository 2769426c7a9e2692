package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.fs.Whence;
import dev.littlecloud.kernel.io.KernelIo;
import dev.littlecloud.kernel.io.UserIo;
import dev.littlecloud.kernel.task.PendingCall;
import dev.littlecloud.kernel.task.Task;

/** sendfile(2) and copy_file_range(2): bytes pass from file to file through the kernel. */
final class CopyCalls {
    private CopyCalls() {}

    static void register(SyscallTable table) {
        table.full(40, "sendfile", "fd,fd,ptr,int", (Handler.Call4) CopyCalls::sendfile);
        table.full(
                326,
                "copy_file_range",
                "fd,ptr,fd,ptr,int,hex",
                (Handler.Call6) CopyCalls::copyFileRange);
    }

    /** Moves the source's offset on where a blocked sendfile ends with a part done. */
    private record Interrupted(OpenFile source, long start) implements PendingCall {
        @Override
        public void cancel(Task task) {
            source.seek(task, start + task.progress(), Whence.SET);
        }
    }

    private static long sendfile(
            Task task, long outFd, long inFd, long offsetAddress, long wanted) {
        OpenFile in = task.files().get(inFd);
        OpenFile out = task.files().get(outFd);
        if (in == null || out == null || !in.isReadable() || !out.isWritable()) {
            return -Errno.EBADF;
        }
        boolean ownOffset = offsetAddress == 0;
        if (!in.isSeekable()) {
            return ownOffset ? -Errno.EINVAL : -Errno.ESPIPE;
        }
        if (in.inode().isDirectory() || (out.flags() & OpenFlags.O_APPEND) != 0) {
            return -Errno.EINVAL;
        }
        long start =
                ownOffset
                        ? in.seek(task, 0, Whence.CURRENT)
                        : task.memory().readLong(offsetAddress);
        if (start < 0 || wanted < 0) {
            return -Errno.EINVAL;
        }
        long limit = Math.min(wanted, UserIo.MAX_BYTES);
        // Done by earlier runs of this call, which blocked on the target.
        long done = task.progress();
        long pause = done + in.mostAtOnce();
        long status = 0;
        while (done < limit) {
            if (done >= pause) {
                if (ownOffset) {
                    task.pending(new Interrupted(in, start));
                }
                return task.yield(done);
            }
            byte[] chunk = Vfs.of(task).transferBuffer(limit - done);
            KernelIo buffer = new KernelIo(chunk);
            buffer.reset(Math.min(chunk.length, limit - done));
            long read = in.read(task, buffer, start + done);
            if (read <= 0) {
                status = read;
                break;
            }
            buffer.reset(read);
            // A target that blocks half way leaves what it took as the task's progress.
            task.progress(0);
            long written = out.write(task, buffer, OpenFile.AT_OFFSET);
            if (written == Task.BLOCK) {
                task.progress(done + task.progress());
                if (ownOffset) {
                    task.pending(new Interrupted(in, start));
                }
                return Task.BLOCK;
            }
            if (written <= 0) {
                status = written;
                break;
            }
            done += written;
            if (written < read) {
                break;
            }
        }
        task.pending(null);
        if (done > 0) {
            if (ownOffset) {
                in.seek(task, start + done, Whence.SET);
            } else {
                task.memory().writeLong(offsetAddress, start + done);
            }
        }
        return done > 0 ? done : status;
    }

    private static long copyFileRange(
            Task task,
            long inFd,
            long inAddress,
            long outFd,
            long outAddress,
            long wanted,
            long flags) {
        OpenFile in = task.files().get(inFd);
        OpenFile out = task.files().get(outFd);
        if (in == null || out == null) {
            return -Errno.EBADF;
        }
        if (flags != 0) {
            return -Errno.EINVAL;
        }
        if (in.inode().isDirectory() || out.inode().isDirectory()) {
            return -Errno.EISDIR;
        }
        if (!in.inode().isRegular() || !out.inode().isRegular()) {
            return -Errno.EINVAL;
        }
        if (!in.isReadable() || !out.isWritable() || (out.flags() & OpenFlags.O_APPEND) != 0) {
            return -Errno.EBADF;
        }
        long from = position(task, in, inAddress);
        long to = position(task, out, outAddress);
        if (wraps(from, wanted) || wraps(to, wanted)) {
            return -Errno.EOVERFLOW;
        }
        if (from < 0 || to < 0) {
            return -Errno.EINVAL;
        }
        Inode source = in.inode();
        long most = wanted < 0 ? Long.MAX_VALUE : wanted; // an unsigned number
        long there = Math.clamp(source.size() - from, 0, most);
        if (to > Long.MAX_VALUE - there) {
            return -Errno.EFBIG;
        }
        if (source == out.inode() && from < to + there && to < from + there) {
            return -Errno.EINVAL;
        }
        long done = 0;
        long status = 0;
        // A short count is an answer too: others get the lock before the next call.
        long limit = Math.min(there, in.mostAtOnce());
        while (done < limit) {
            byte[] chunk = Vfs.of(task).transferBuffer(limit - done);
            KernelIo buffer = new KernelIo(chunk);
            buffer.reset(Math.min(chunk.length, limit - done));
            long read = in.read(task, buffer, from + done);
            if (read <= 0) {
                status = read;
                break;
            }
            buffer.reset(read);
            long written = out.write(task, buffer, to + done);
            if (written <= 0) {
                status = written;
                break;
            }
            done += written;
        }
        if (done > 0) {
            advance(task, in, inAddress, from + done);
            advance(task, out, outAddress, to + done);
        }
        return done > 0 ? done : status;
    }

    /** Whether a position and a length, both taken as unsigned, come to more than 64 bits hold. */
    private static boolean wraps(long position, long length) {
        return Long.compareUnsigned(position + length, position) < 0;
    }

    /** Where a transfer starts: at the offset the call points to, or at the file's own. */
    static long position(Task task, OpenFile file, long address) {
        return address == 0 ? file.seek(task, 0, Whence.CURRENT) : task.memory().readLong(address);
    }

    /** Leaves where a transfer ended, at the same place. */
    static void advance(Task task, OpenFile file, long address, long position) {
        if (address == 0) {
            file.seek(task, position, Whence.SET);
        } else {
            task.memory().writeLong(address, position);
        }
    }
}
