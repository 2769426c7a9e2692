package dev.littlecloud.kernel.tty;

import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.DeviceNumber;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** The node /dev/pts/ptmx. */
final class MultiplexerNode extends Inode {
    private static final int NUMBER = 2;

    private final PtyTable table;

    MultiplexerNode(PtyTable table) {
        super(NUMBER, S_IFCHR | 0666, 0, 0);
        this.table = table;
        times(table.now(), table.now(), table.now());
    }

    @Override
    public FileSystem fileSystem() {
        return table.fileSystem();
    }

    @Override
    public long device() {
        return DeviceNumber.of(5, 2);
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        return table.openMaster(task, dentry, this, flags);
    }
}
