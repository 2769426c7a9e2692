package dev.littlecloud.kernel.fs.volume;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Directory;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Renaming;
import dev.littlecloud.kernel.task.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A directory of a volume. */
final class VolumeDirectory extends Directory implements VolumePlace.Placed {
    private final VolumeFs fileSystem;
    private final VolumePlace place;
    private long size;
    private long blocks;
    private int lookupErrno = Errno.ENOENT;

    /** Names of a listing in progress; taken at its start, so that positions keep their meaning. */
    private @Nullable List<HostVolume.Entry> listing;

    VolumeDirectory(
            VolumeFs fileSystem,
            HostAttributes found,
            @Nullable VolumeDirectory parent,
            String name) {
        super(found.inode, found.mode, found.uid, found.gid);
        this.fileSystem = fileSystem;
        this.place = new VolumePlace(parent, name);
        take(found);
    }

    private void take(HostAttributes found) {
        attributes(found.mode, found.uid, found.gid, found.links);
        times(found.accessTime, found.modifyTime, found.changeTime);
        size = found.size;
        blocks = found.blocks;
    }

    @Override
    public VolumePlace place() {
        return place;
    }

    /** The path of a name in this directory. */
    String pathOf(String name) {
        String own = place.path();
        return own.isEmpty() ? name : own + "/" + name;
    }

    private HostVolume host() {
        return fileSystem.host();
    }

    @Override
    public FileSystem fileSystem() {
        return fileSystem;
    }

    @Override
    public int refresh() {
        if (links() == 0) {
            // Removed: a working directory is still told as it was.
            return 0;
        }
        int status = host().attributes(place.path(), fileSystem.scratch());
        if (status == 0) {
            take(fileSystem.scratch());
        }
        return status;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long blocks() {
        return blocks;
    }

    @Override
    public Caching caching() {
        return Caching.REVALIDATE;
    }

    @Override
    public @Nullable Inode lookup(Task task, String name) {
        return lookupAtBoot(name);
    }

    @Override
    public @Nullable Inode lookupAtBoot(String name) {
        HostAttributes found = fileSystem.scratch();
        int status = host().attributes(pathOf(name), found);
        if (status != 0) {
            lookupErrno = -status;
            return null;
        }
        Inode inode = fileSystem.inode(found, this, name);
        // Permission checks of the walk look at these.
        if (inode instanceof VolumeDirectory directory) {
            directory.take(found);
        } else if (inode instanceof VolumeFile file) {
            file.take(found);
        }
        return inode;
    }

    @Override
    public int lookupErrno() {
        return lookupErrno;
    }

    @Override
    public int list(Task task, long position, Listing target) {
        List<HostVolume.Entry> names = listing;
        if (names == null || position == 0) {
            names = host().list(place.path());
            listing = names;
        }
        if (names == null) {
            return -Errno.EACCES;
        }
        for (int i = (int) position; i < names.size(); i++) {
            HostVolume.Entry entry = names.get(i);
            if (!target.entry(entry.name(), entry.inode(), entry.mode(), i + 1)) {
                return 0;
            }
        }
        listing = null;
        return 0;
    }

    /** Gives a new file to who made it, where this process may. */
    private int own(int status, String name, int mode, int uid, int gid) {
        if (status == 0) {
            host().changeOwner(pathOf(name), uid, gid);
            if ((mode & (S_ISUID | S_ISGID)) != 0) {
                // The change of owner took these bits away.
                host().changeMode(pathOf(name), mode & PERMISSIONS);
            }
        }
        return status;
    }

    @Override
    public int create(String name, int mode, int uid, int gid, long device) {
        int type = mode & S_IFMT;
        String path = pathOf(name);
        return switch (type) {
            case S_IFREG -> own(host().create(path, mode & PERMISSIONS), name, mode, uid, gid);
            case S_IFIFO, S_IFSOCK -> own(host().makeNode(path, mode), name, mode, uid, gid);
            // Device nodes of a guest's making have no place on the host.
            default -> -Errno.EPERM;
        };
    }

    @Override
    public int makeDirectory(String name, int permissions, int uid, int gid) {
        return own(host().makeDirectory(pathOf(name), permissions), name, permissions, uid, gid);
    }

    @Override
    public int makeSymlink(String name, String text, int uid, int gid) {
        return own(host().makeSymlink(pathOf(name), text), name, 0, uid, gid);
    }

    @Override
    public int link(String name, Inode inode) {
        int status =
                inode instanceof VolumeFile file && inode.links() == 0
                        ? file.linkFirst(pathOf(name))
                        : host().link(VolumePlace.of(inode).path(), pathOf(name));
        if (status == 0) {
            inode.links(inode.links() + 1);
        }
        return status;
    }

    @Override
    public int unlink(String name, Inode inode) {
        keepOpen(inode);
        int status = host().unlink(pathOf(name));
        return status == 0 ? gone(inode) : status;
    }

    /** A mapped or open file must stay usable when its name goes. */
    private static void keepOpen(Inode inode) {
        if (inode instanceof VolumeFile file && file.uses() > 0) {
            file.hold();
        }
    }

    private static int gone(Inode inode) {
        inode.links(inode.isDirectory() ? 0 : Math.max(0, inode.links() - 1));
        inode.freeIfUnused();
        return 0;
    }

    @Override
    public int removeDirectory(String name, Directory directory) {
        int status = host().removeDirectory(pathOf(name));
        return status == 0 ? gone(directory) : status;
    }

    @Override
    public int rename(
            String name, Inode inode, Directory target, String newName, @Nullable Inode replaced) {
        VolumeDirectory to = (VolumeDirectory) target;
        if (replaced != null) {
            keepOpen(replaced);
        }
        int status = host().rename(pathOf(name), to.pathOf(newName), 0);
        if (status == 0) {
            VolumePlace.of(inode).found(to, newName);
            if (replaced != null) {
                gone(replaced);
            }
        }
        return status;
    }

    @Override
    public int exchange(String name, Inode inode, Directory target, String newName, Inode other) {
        VolumeDirectory to = (VolumeDirectory) target;
        int status = host().rename(pathOf(name), to.pathOf(newName), Renaming.EXCHANGE);
        if (status == 0) {
            VolumePlace.of(inode).found(to, newName);
            VolumePlace.of(other).found(this, name);
        }
        return status;
    }

    @Override
    public @Nullable Inode temporary(int mode, int uid, int gid) {
        HostFile opened = host().temporary(place.path(), mode & PERMISSIONS);
        if (opened.errno() != 0) {
            return null;
        }
        HostAttributes found = fileSystem.scratch();
        if (opened.attributes(found) != 0) {
            opened.close();
            return null;
        }
        VolumeFile file = (VolumeFile) fileSystem.inode(found, this, "");
        file.adopt(opened);
        file.links(0);
        return file;
    }

    @Override
    public int changeMode(int permissions) {
        int status = host().changeMode(place.path(), permissions);
        return status != 0 ? status : super.changeMode(permissions);
    }

    @Override
    public int changeOwner(int newUid, int newGid) {
        int status = host().changeOwner(place.path(), newUid, newGid);
        return status != 0 ? status : super.changeOwner(newUid, newGid);
    }

    @Override
    public int changeTimes(long access, long modify) {
        int status = host().changeTimes(place.path(), access, modify);
        return status != 0 ? status : super.changeTimes(access, modify);
    }
}
