package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** /proc/PID/stack: there, but not for programs without CAP_SYS_ADMIN. */
final class RefusedFile extends TargetFile {
    RefusedFile(PseudoFileSystem fileSystem, Target target, int permissions) {
        super(fileSystem, target, permissions, true, (of, reader) -> "", null);
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        return Opened.error(Errno.EPERM);
    }
}
