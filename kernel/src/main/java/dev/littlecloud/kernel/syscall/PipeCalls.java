package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.fs.pipe.Pipe;
import dev.littlecloud.kernel.fs.pipe.PipeEnd;
import dev.littlecloud.kernel.fs.pipe.PipeInode;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;

/** pipe(2). */
final class PipeCalls {
    private PipeCalls() {}

    static void register(SyscallTable table) {
        table.full(22, "pipe", "ptr", (Handler.Call1) (task, ends) -> pipe2(task, ends, 0));
        table.full(293, "pipe2", "ptr,flags", (Handler.Call2) PipeCalls::pipe2);
    }

    private static long pipe2(Task task, long ends, long flags) {
        int known = OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK | OpenFlags.O_DIRECT;
        if ((flags & ~known) != 0) {
            return -Errno.EINVAL;
        }
        Credentials who = task.credentials();
        Pipe pipe =
                new PipeInode(task.kernel().frames(), who.fsuid(), who.fsgid(), Vfs.now(task))
                        .pipe();
        int status = (int) flags & (OpenFlags.O_NONBLOCK | OpenFlags.O_DIRECT);
        PipeEnd read =
                new PipeEnd(OpenFlags.O_RDONLY | (status & OpenFlags.O_NONBLOCK), null, pipe);
        PipeEnd write = new PipeEnd(OpenFlags.O_WRONLY | status, null, pipe);
        boolean closeOnExec = (flags & OpenFlags.O_CLOEXEC) != 0;
        return Descriptors.installPair(task, read, write, closeOnExec, ends);
    }
}
