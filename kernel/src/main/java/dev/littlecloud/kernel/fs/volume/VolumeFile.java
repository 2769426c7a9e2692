package dev.littlecloud.kernel.fs.volume;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.freeze.FreezingException;
import dev.littlecloud.kernel.freeze.ThawingException;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** A regular file of a volume. All who have it open share one open file of the host. */
final class VolumeFile extends Inode implements VolumePlace.Placed {
    private final VolumeFs fileSystem;
    private final VolumePlace place;
    private transient @Nullable HostFile handle;
    private @Nullable VolumePages pages;

    /** What it was when the instance was frozen last; null where nobody used it then. */
    private @Nullable HostIdentity frozenAs;

    private boolean wasWritable;
    private long size;
    private long blocks;

    VolumeFile(
            VolumeFs fileSystem,
            HostAttributes found,
            @Nullable VolumeDirectory parent,
            String name) {
        super(found.inode, found.mode, found.uid, found.gid);
        this.fileSystem = fileSystem;
        this.place = new VolumePlace(parent, name);
        take(found);
    }

    void take(HostAttributes found) {
        attributes(found.mode, found.uid, found.gid, found.links);
        times(found.accessTime, found.modifyTime, found.changeTime);
        size = found.size;
        blocks = found.blocks;
    }

    @Override
    public VolumePlace place() {
        return place;
    }

    @Override
    public FileSystem fileSystem() {
        return fileSystem;
    }

    VolumeFs volume() {
        return fileSystem;
    }

    /** The open file of the host, opened now if need be; see {@link HostFile#errno}. */
    HostFile handle(boolean writable) {
        HostFile open = handle;
        if (open != null && (open.isWritable() || !writable)) {
            return open;
        }
        HostFile opened = fileSystem.host().open(place.path(), writable);
        if (opened.errno() == 0) {
            replaceHandle(opened);
        }
        return opened;
    }

    // ---- Freezing

    /** Makes sure that its name is enough to find it again, if anybody uses it. */
    void beforeFreezing() {
        if (pages != null) {
            // They come back when they are touched.
            pages.closeWindows();
        }
        HostFile open = handle;
        frozenAs = null;
        if (uses() == 0 || open == null) {
            return;
        }
        HostAttributes found = fileSystem.scratch();
        HostIdentity own = open.attributes(found) == 0 ? fileSystem.identity(found) : null;
        boolean isThere =
                fileSystem.host().attributes(place.path(), found) == 0
                        && fileSystem.identity(found).equals(own);
        if (!isThere) {
            throw new FreezingException(
                    "%s, a file of a volume, is in use and was removed, renamed or replaced"
                            .formatted(fileSystem.shown(place)));
        }
        frozenAs = own;
        wasWritable = open.isWritable();
    }

    /** Opens it again if it was in use. */
    void afterThawing() {
        if (frozenAs == null) {
            return;
        }
        HostFile opened = handle(wasWritable);
        HostAttributes found = fileSystem.scratch();
        if (opened.errno() != 0
                || opened.attributes(found) != 0
                || !fileSystem.identity(found).equals(frozenAs)) {
            throw new ThawingException(
                    "%s, a file of a volume, was in use and has been removed or replaced since"
                            .formatted(fileSystem.shown(place)));
        }
    }

    /** Gives up what it has of the host. */
    void letGo() {
        if (pages != null) {
            pages.closeWindows();
        }
        HostFile open = handle;
        handle = null;
        if (open != null) {
            open.close();
        }
    }

    private void replaceHandle(HostFile opened) {
        HostFile old = handle;
        if (pages != null) {
            // Windows of a file that was open for reading cannot be written.
            pages.closeWindows();
        }
        handle = opened;
        if (old != null) {
            old.close();
        }
    }

    /** Opens it while it still has a name. */
    void hold() {
        handle(false);
    }

    /** Takes over a file that was made without a name. */
    void adopt(HostFile opened) {
        replaceHandle(opened);
    }

    /** Gives a file without a name its first one. */
    int linkFirst(String path) {
        HostFile open = handle;
        return open == null ? -Errno.ENOENT : open.linkAs(path);
    }

    @Override
    public int refresh() {
        HostAttributes found = fileSystem.scratch();
        HostFile open = handle;
        int status =
                open != null
                        ? open.attributes(found)
                        : fileSystem.host().attributes(place.path(), found);
        if (status == 0) {
            take(found);
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

    /** The file is at least this long since it was written there. */
    void grown(long end) {
        size = Math.max(size, end);
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        boolean writes = (flags & OpenFlags.O_ACCMODE) != OpenFlags.O_RDONLY;
        HostFile opened = handle(writes);
        if (opened.errno() != 0) {
            return Opened.error(opened.errno());
        }
        refresh();
        return Opened.of(new OpenVolumeFile(flags, dentry, this));
    }

    @Override
    public int truncate(long newSize) {
        HostFile opened = handle(true);
        if (opened.errno() != 0) {
            return -opened.errno();
        }
        if (pages != null && newSize < size) {
            pages.truncated(newSize);
        }
        int status = opened.truncate(newSize);
        if (status == 0) {
            size = newSize;
        }
        if (uses() == 0) {
            idle();
        }
        return status;
    }

    @Override
    public PageCache pageCache() {
        if (pages == null) {
            pages = new VolumePages(this);
        }
        return pages;
    }

    @Override
    protected void idle() {
        letGo();
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
