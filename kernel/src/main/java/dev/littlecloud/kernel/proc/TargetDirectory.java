package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.fs.pseudo.PseudoDynamicDirectory;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** A directory that belongs to whom a process belongs to. */
abstract class TargetDirectory extends PseudoDynamicDirectory {
    private final Target target;

    TargetDirectory(PseudoFileSystem fileSystem, Target target, int permissions) {
        super(fileSystem, permissions);
        this.target = target;
        refresh();
    }

    final Target target() {
        return target;
    }

    @Override
    public final int refresh() {
        attributes(mode(), target.credentials().euid(), target.credentials().egid(), linkCount());
        return 0;
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        return target.mayBeKept() ? super.open(task, dentry, flags) : Opened.error(Errno.ENOMEM);
    }

    @Override
    protected final void busy() {
        target.keep();
    }

    @Override
    protected final void idle() {
        target.letGo();
    }

    /** What stat(2) shows as the number of links. */
    int linkCount() {
        return links();
    }

    /** A file that everybody may read. */
    final Inode text(TargetFile.Text text) {
        return file(0444, false, text, null);
    }

    /** A file that only those may read who may inspect the process. */
    final Inode secret(TargetFile.Text text) {
        return file(0400, true, text, null);
    }

    final Inode writable(TargetFile.Text text, TargetFile.Change change) {
        return file(0644, false, text, change);
    }

    private Inode file(
            int permissions,
            boolean restricted,
            TargetFile.Text text,
            TargetFile.@Nullable Change change) {
        return new TargetFile(pseudoFileSystem(), target, permissions, restricted, text, change);
    }
}
