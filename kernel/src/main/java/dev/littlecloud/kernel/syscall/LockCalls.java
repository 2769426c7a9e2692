package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.FileLocks;
import dev.littlecloud.kernel.fs.LockWait;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.Whence;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;

/** flock(2) and the record locks of fcntl(2). */
final class LockCalls {
    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int LOCK_UN = 8;
    private static final int LOCK_MAND = 32;

    // struct flock
    private static final int WHENCE = 2;
    private static final int START = 8;
    private static final int LENGTH = 16;
    private static final int PID = 24;

    private LockCalls() {}

    static void register(SyscallTable table) {
        table.full(73, "flock", "fd,int", (Handler.Call2) LockCalls::flock);
    }

    private static long flock(Task task, long fd, long operation) {
        if ((operation & LOCK_MAND) != 0) {
            return 0; // Mandatory locks are no more; Linux ignores the request.
        }
        OpenFile file = task.files().get(fd);
        if (file == null || PathArguments.isPathOnly(file)) {
            return -Errno.EBADF;
        }
        FileLocks locks = file.inode().locks();
        int kind = (int) operation & ~LOCK_NB;
        switch (kind) {
            case LOCK_UN -> {
                locks.unlockWhole(file);
                return 0;
            }
            case LOCK_SH, LOCK_EX -> {
                int type = kind == LOCK_SH ? FileLocks.READ : FileLocks.WRITE;
                if (locks.lockWhole(file, type)) {
                    return 0;
                }
                return (operation & LOCK_NB) != 0 ? -Errno.EAGAIN : task.blockOn(locks.waiters());
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
    }

    /** A {@code struct flock} with absolute positions, or what is wrong with it. */
    private record Wanted(long status, int type, long start, long end) {
        static Wanted error(int errno) {
            return new Wanted(-errno, 0, 0, 0);
        }
    }

    private static Wanted read(Task task, OpenFile file, long address) {
        UserMemory memory = task.memory();
        int type = memory.readShort(address);
        int whence = memory.readShort(address + WHENCE);
        long distance = memory.readLong(address + START);
        long length = memory.readLong(address + LENGTH);
        long base;
        switch (whence) {
            case Whence.SET -> base = 0;
            case Whence.CURRENT ->
                    base = file.isSeekable() ? file.seek(task, 0, Whence.CURRENT) : 0;
            case Whence.END -> base = file.inode().size();
            default -> {
                return Wanted.error(Errno.EINVAL);
            }
        }
        if (type < FileLocks.READ || type > FileLocks.UNLOCK) {
            return Wanted.error(Errno.EINVAL);
        }
        long start = base + distance;
        if (distance > 0 && start < 0) {
            return Wanted.error(Errno.EOVERFLOW);
        }
        long end = FileLocks.TO_END;
        if (length > 0) {
            end = start + length - 1;
            if (end < start) {
                return Wanted.error(Errno.EOVERFLOW);
            }
        } else if (length < 0) {
            // A negative length means the bytes before the start; fcntl(2).
            end = start - 1;
            start += length;
        }
        return start < 0 ? Wanted.error(Errno.EINVAL) : new Wanted(0, type, start, end);
    }

    /** F_GETLK and F_OFD_GETLK: tells what is in the way. */
    static long get(Task task, OpenFile file, Object owner, long address) {
        UserMemory memory = task.memory();
        if (owner == file && memory.readInt(address + PID) != 0) {
            return -Errno.EINVAL;
        }
        Wanted wanted = read(task, file, address);
        if (wanted.status() != 0) {
            return wanted.status();
        }
        if (wanted.type() == FileLocks.UNLOCK) {
            return -Errno.EINVAL;
        }
        FileLocks.Range other =
                file.inode().locks().conflict(owner, wanted.type(), wanted.start(), wanted.end());
        if (other == null) {
            memory.writeShort(address, (short) FileLocks.UNLOCK);
            return 0;
        }
        memory.writeShort(address, (short) other.type());
        memory.writeShort(address + WHENCE, (short) Whence.SET);
        memory.writeLong(address + START, other.start());
        boolean toEnd = other.end() == FileLocks.TO_END;
        memory.writeLong(address + LENGTH, toEnd ? 0 : other.end() - other.start() + 1);
        memory.writeInt(address + PID, other.pid());
        return 0;
    }

    /** F_SETLK, F_SETLKW and their open file description forms. */
    static long set(Task task, OpenFile file, Object owner, long address, boolean waits) {
        boolean description = owner == file;
        if (description && task.memory().readInt(address + PID) != 0) {
            return -Errno.EINVAL;
        }
        Wanted wanted = read(task, file, address);
        if (wanted.status() != 0) {
            return wanted.status();
        }
        int type = wanted.type();
        if ((type == FileLocks.READ && !file.isReadable())
                || (type == FileLocks.WRITE && !file.isWritable())) {
            return -Errno.EBADF;
        }
        FileLocks locks = file.inode().locks();
        FileLocks.Range other =
                type == FileLocks.UNLOCK
                        ? null
                        : locks.conflict(owner, type, wanted.start(), wanted.end());
        if (other == null) {
            LockWait.end(task);
            int pid = description ? -1 : task.group().pid();
            return locks.set(
                    task.kernel().frames(), owner, type, wanted.start(), wanted.end(), pid);
        }
        if (!waits) {
            return -Errno.EAGAIN;
        }
        // Only locks of processes can be waited for in a circle that the kernel would see.
        if (!description
                && other.owner() instanceof FdTable holder
                && !LockWait.begin(task, holder)) {
            LockWait.end(task);
            return -Errno.EDEADLK;
        }
        return task.blockOn(locks.waiters());
    }
}
