package dev.littlecloud.kernel.tty;

import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.DeviceNumber;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** The device node of a slave in /dev/pts. */
final class PtyNode extends Inode {
    private static final int MAJOR = 136;

    /** Group {@code tty} of Debian and most others, as Docker mounts devpts. */
    private static final int TTY_GROUP = 5;

    private final FileSystem fileSystem;
    private final Pty pty;

    PtyNode(FileSystem fileSystem, Pty pty, int index, int uid, long now) {
        super(index + 3L, S_IFCHR | 0620, uid, TTY_GROUP);
        this.fileSystem = fileSystem;
        this.pty = pty;
        times(now, now, now);
    }

    @Override
    public FileSystem fileSystem() {
        return fileSystem;
    }

    @Override
    public long device() {
        return DeviceNumber.of(MAJOR, pty.index());
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        return PtyTable.openSlave(task, pty, dentry, this, flags);
    }
}
