package dev.littlecloud.kernel.fs.volume;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.fs.SocketNode;
import dev.littlecloud.kernel.fs.pipe.Fifo;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/**
 * A symbolic link, FIFO, socket or device node of a volume. FIFOs and sockets connect processes of
 * the instance only: the host lends the name.
 */
final class VolumeNode extends Inode implements SocketNode, VolumePlace.Placed {
    private final VolumeFs fileSystem;
    private final VolumePlace place;
    private final long device;
    private final long size;
    private @Nullable Fifo fifo;
    private @Nullable Object socket;

    VolumeNode(
            VolumeFs fileSystem,
            HostAttributes found,
            @Nullable VolumeDirectory parent,
            String name) {
        super(found.inode, found.mode, found.uid, found.gid);
        this.fileSystem = fileSystem;
        this.place = new VolumePlace(parent, name);
        this.device = found.represents;
        this.size = found.size;
        links(found.links);
        times(found.accessTime, found.modifyTime, found.changeTime);
    }

    @Override
    public VolumePlace place() {
        return place;
    }

    @Override
    public FileSystem fileSystem() {
        return fileSystem;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long blocks() {
        return 0;
    }

    @Override
    public long device() {
        return device;
    }

    @Override
    public @Nullable String linkText(Task task) {
        return linkTextAtBoot();
    }

    @Override
    public @Nullable String linkTextAtBoot() {
        return isSymlink() ? fileSystem.host().linkText(place.path()) : null;
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        if (type() != S_IFIFO) {
            return Opened.error(Errno.ENXIO);
        }
        if (fifo == null) {
            fifo = new Fifo(this, fileSystem.frames());
        }
        return fifo.open(task, dentry, flags);
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
    public int changeMode(int permissions) {
        int status = fileSystem.host().changeMode(place.path(), permissions);
        return status != 0 ? status : super.changeMode(permissions);
    }

    @Override
    public int changeOwner(int newUid, int newGid) {
        int status = fileSystem.host().changeOwner(place.path(), newUid, newGid);
        return status != 0 ? status : super.changeOwner(newUid, newGid);
    }

    @Override
    public int changeTimes(long access, long modify) {
        int status = fileSystem.host().changeTimes(place.path(), access, modify);
        return status != 0 ? status : super.changeTimes(access, modify);
    }
}
