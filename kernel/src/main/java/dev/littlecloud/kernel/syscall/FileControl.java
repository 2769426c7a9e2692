package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.AsyncNotice;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.pipe.Pipe;
import dev.littlecloud.kernel.fs.pipe.PipeEnd;
import dev.littlecloud.kernel.fs.tree.FileSeals;
import dev.littlecloud.kernel.fs.tree.TreeFile;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.Task;

/** The commands of fcntl(2) on open files: locks, owners of signals, pipe sizes, seals. */
final class FileControl {
    private static final int F_GETLK = 5;
    private static final int F_SETLK = 6;
    private static final int F_SETLKW = 7;
    private static final int F_SETOWN = 8;
    private static final int F_GETOWN = 9;
    private static final int F_SETSIG = 10;
    private static final int F_GETSIG = 11;
    private static final int F_SETOWN_EX = 15;
    private static final int F_GETOWN_EX = 16;
    private static final int F_OFD_GETLK = 36;
    private static final int F_OFD_SETLK = 37;
    private static final int F_OFD_SETLKW = 38;
    private static final int F_SETLEASE = 1024;
    private static final int F_GETLEASE = 1025;
    private static final int F_UNLCK = 2;
    private static final int F_SETPIPE_SZ = 1031;
    private static final int F_GETPIPE_SZ = 1032;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_GET_SEALS = 1034;

    private FileControl() {}

    static long control(Task task, OpenFile file, int fd, int command, long argument) {
        return switch (command) {
            case F_GETLK -> LockCalls.get(task, file, task.files(), argument);
            case F_SETLK -> LockCalls.set(task, file, task.files(), argument, false);
            case F_SETLKW -> LockCalls.set(task, file, task.files(), argument, true);
            case F_OFD_GETLK -> LockCalls.get(task, file, file, argument);
            case F_OFD_SETLK -> LockCalls.set(task, file, file, argument, false);
            case F_OFD_SETLKW -> LockCalls.set(task, file, file, argument, true);
            case F_SETOWN -> setOwner(task, file, (int) argument);
            case F_GETOWN -> {
                AsyncNotice notice = file.asyncNotice();
                int id = notice.ownerId();
                yield notice.ownerKind() == AsyncNotice.PROCESS_GROUP ? -id : id;
            }
            case F_SETOWN_EX -> {
                int kind = task.memory().readInt(argument);
                int id = task.memory().readInt(argument + 4);
                yield setOwner(task, file, kind, id);
            }
            case F_GETOWN_EX -> {
                AsyncNotice notice = file.asyncNotice();
                task.memory().writeInt(argument, notice.ownerKind());
                task.memory().writeInt(argument + 4, notice.ownerId());
                yield 0;
            }
            case F_SETSIG -> {
                if (argument < 0 || argument > Signal.MAX) {
                    yield -Errno.EINVAL;
                }
                file.asyncNotice().signal((int) argument);
                yield 0;
            }
            case F_GETSIG -> file.asyncNotice().signal();
            case F_GETLEASE -> F_UNLCK;
            case F_SETLEASE -> argument == F_UNLCK ? -Errno.EAGAIN : -Errno.EINVAL;
            case F_SETPIPE_SZ, F_GETPIPE_SZ -> pipeSize(file, command, argument);
            case F_ADD_SEALS, F_GET_SEALS -> seals(file, command, argument);
            default -> -Errno.EINVAL;
        };
    }

    private static long setOwner(Task task, OpenFile file, int who) {
        if (who == Integer.MIN_VALUE) {
            return -Errno.EINVAL;
        }
        return who < 0
                ? setOwner(task, file, AsyncNotice.PROCESS_GROUP, -who)
                : setOwner(task, file, AsyncNotice.PROCESS, who);
    }

    private static long setOwner(Task task, OpenFile file, int kind, int id) {
        boolean known =
                switch (kind) {
                    case AsyncNotice.THREAD -> task.kernel().tasks().task(id) != null;
                    case AsyncNotice.PROCESS -> task.kernel().tasks().process(id) != null;
                    case AsyncNotice.PROCESS_GROUP -> task.kernel().tasks().group(id) != null;
                    default -> false;
                };
        if (kind < AsyncNotice.THREAD || kind > AsyncNotice.PROCESS_GROUP) {
            return -Errno.EINVAL;
        }
        if (id != 0 && !known) {
            return -Errno.ESRCH;
        }
        file.asyncNotice().owner(task, kind, id);
        return 0;
    }

    private static long pipeSize(OpenFile file, int command, long argument) {
        if (!(file instanceof PipeEnd end)) {
            return -Errno.EBADF;
        }
        Pipe pipe = end.pipe();
        return command == F_GETPIPE_SZ ? pipe.capacity() : pipe.resize(argument & 0xffffffffL);
    }

    private static long seals(OpenFile file, int command, long argument) {
        if (!(file.inode() instanceof TreeFile tree) || !tree.seals().isSealable()) {
            return -Errno.EINVAL;
        }
        FileSeals seals = tree.seals();
        if (command == F_GET_SEALS) {
            return seals.seals();
        }
        int more = (int) argument;
        if ((more & ~FileSeals.ALL) != 0) {
            return -Errno.EINVAL;
        }
        if (!file.isWritable() || seals.has(FileSeals.SEAL)) {
            return -Errno.EPERM;
        }
        PageCache pages = tree.pageCache();
        if ((more & FileSeals.WRITE) != 0
                && !seals.has(FileSeals.WRITE)
                && pages.hasWritableMappings()) {
            return -Errno.EBUSY;
        }
        seals.add(more);
        return 0;
    }
}
