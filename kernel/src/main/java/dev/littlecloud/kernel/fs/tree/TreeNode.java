package dev.littlecloud.kernel.fs.tree;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.ExtendedAttributes;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.fs.SocketNode;
import dev.littlecloud.kernel.fs.pipe.Fifo;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** A FIFO, a socket's name or a device node of a tree file system. */
final class TreeNode extends Inode implements SocketNode {
    private final TreeFs fileSystem;
    private final long device;
    private final boolean charged;
    private @Nullable TreeAttributes attributes;
    private @Nullable Fifo fifo;
    private @Nullable Object socket;

    /** A new node; the caller has charged it. */
    TreeNode(TreeFs fileSystem, int mode, int uid, int gid, long device) {
        super(fileSystem.nextNumber(), mode, uid, gid);
        this.fileSystem = fileSystem;
        this.device = device;
        this.charged = true;
        long now = fileSystem.now();
        times(now, now, now);
    }

    TreeNode(TreeFs fileSystem, LowerNode lower) {
        super(lower.number(), lower.mode(), lower.uid(), lower.gid());
        this.fileSystem = fileSystem;
        this.device = lower.device();
        this.charged = false;
        long time = lower.modifyTime();
        times(time, time, time);
        links(lower.links());
    }

    @Override
    public FileSystem fileSystem() {
        return fileSystem;
    }

    @Override
    public long device() {
        return device;
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        return switch (type()) {
            case S_IFIFO -> {
                if (fifo == null) {
                    fifo = new Fifo(this, fileSystem.frames());
                }
                yield fifo.open(task, dentry, flags);
            }
            case S_IFSOCK -> Opened.error(Errno.ENXIO);
            default -> fileSystem.devices().open(task, dentry, this, flags);
        };
    }

    @Override
    public @Nullable Object boundSocket() {
        return socket;
    }

    @Override
    public void bindSocket(@Nullable Object newSocket) {
        socket = newSocket;
    }

    @Override
    public ExtendedAttributes extendedAttributes() {
        if (attributes == null) {
            attributes = new TreeAttributes(fileSystem, null);
        }
        return attributes;
    }

    @Override
    protected void free() {
        if (attributes != null) {
            attributes.free();
        }
        if (charged) {
            fileSystem.dischargeInode(0);
        } else {
            fileSystem.forget(this);
        }
    }
}
