package dev.littlecloud.runtime.volume;

import dev.littlecloud.kernel.fs.DeviceNumber;
import dev.littlecloud.kernel.fs.FileSystemStatistics;
import dev.littlecloud.kernel.fs.volume.HostAttributes;
import dev.littlecloud.kernel.fs.volume.HostFile;
import dev.littlecloud.kernel.fs.volume.HostVolume;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.sys.Errno;
import dev.littlecloud.sys.FileTree;
import dev.littlecloud.sys.Files;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** A directory or a single file of this host as a volume. */
public final class HostTree implements HostVolume {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int S_IFSHIFT = 12;

    /** Most files one guest has open in a volume: this process's descriptors are for all guests. */
    private static final int MAX_OPEN = 1024;

    private final int root;
    private final int number;
    private int openFiles;
    private final MemorySegment statx = Arena.ofAuto().allocate(FileTree.STATX_BYTES, 8);

    private HostTree(int root, int number) {
        this.root = root;
        this.number = number;
    }

    /**
     * Opens what the user named; links in its own path are followed.
     *
     * @param number its place among the volumes of its instance
     */
    public static HostTree open(Path path, int number) {
        int root = Files.open(path.toString(), Files.O_PATH | Files.O_CLOEXEC, 0);
        if (root < 0) {
            String reason = root == -Errno.ENOENT ? "it does not exist" : "error " + -root;
            throw new InstanceException("cannot use " + path + " as a volume: " + reason);
        }
        return new HostTree(root, number);
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public int attributes(String path, HostAttributes result) {
        return at(path, place -> attributes(place.directory(), place.name(), result));
    }

    private int attributes(int directory, String name, HostAttributes result) {
        int status = FileTree.attributes(directory, name, statx);
        if (status == 0) {
            take(statx, result);
        }
        return status;
    }

    static void take(MemorySegment statx, HostAttributes result) {
        result.device =
                DeviceNumber.of(
                        statx.get(INT, FileTree.STATX_DEVICE_MAJOR),
                        statx.get(INT, FileTree.STATX_DEVICE_MINOR));
        result.represents =
                DeviceNumber.of(
                        statx.get(INT, FileTree.STATX_REPRESENTS_MAJOR),
                        statx.get(INT, FileTree.STATX_REPRESENTS_MINOR));
        result.inode = statx.get(LONG, FileTree.STATX_INODE);
        result.mode = statx.get(INT, FileTree.STATX_MODE) & 0xffff;
        result.links = statx.get(INT, FileTree.STATX_LINKS);
        result.uid = statx.get(INT, FileTree.STATX_UID);
        result.gid = statx.get(INT, FileTree.STATX_GID);
        result.size = statx.get(LONG, FileTree.STATX_SIZE);
        result.blocks = statx.get(LONG, FileTree.STATX_BLOCKS);
        result.blockSize = statx.get(INT, FileTree.STATX_BLOCK_SIZE);
        result.accessTime = FileTree.time(statx, FileTree.STATX_ACCESS_TIME);
        result.modifyTime = FileTree.time(statx, FileTree.STATX_MODIFY_TIME);
        result.changeTime = FileTree.time(statx, FileTree.STATX_CHANGE_TIME);
        result.birthTime = FileTree.time(statx, FileTree.STATX_BIRTH_TIME);
    }

    private int at(String path, ToIntFunction<HostPlace> action) {
        try (HostPlace place = HostPlace.of(root, path)) {
            int status = place.status();
            return status != 0 ? status : action.applyAsInt(place);
        }
    }

    @Override
    public @Nullable List<Entry> list(String path) {
        int fd = HostPlace.open(root, path, Files.O_RDONLY | Files.O_DIRECTORY, 0);
        if (fd < 0) {
            return null;
        }
        try {
            List<Entry> entries = new ArrayList<>();
            int status =
                    FileTree.list(
                            fd,
                            (name, inode, type) -> {
                                if (!name.equals(".") && !name.equals("..")) {
                                    entries.add(new Entry(name, inode, type << S_IFSHIFT));
                                }
                            });
            return status == 0 ? entries : null;
        } finally {
            Files.close(fd);
        }
    }

    @Override
    public int create(String path, int permissions) {
        int flags = Files.O_WRONLY | Files.O_CREAT | Files.O_EXCL | Files.O_NOFOLLOW;
        int fd = HostPlace.open(root, path, flags, permissions);
        if (fd < 0) {
            return fd;
        }
        // The guest applied its own umask; ours must not take more away.
        FileTree.changeMode(fd, permissions);
        Files.close(fd);
        return 0;
    }

    @Override
    public int makeNode(String path, int mode) {
        return at(path, place -> FileTree.makeNode(place.directory(), place.name(), mode, 0));
    }

    @Override
    public int makeDirectory(String path, int permissions) {
        return at(
                path,
                place -> {
                    int made = FileTree.makeDirectory(place.directory(), place.name(), permissions);
                    return made != 0
                            ? made
                            : FileTree.changeMode(place.directory(), place.name(), permissions);
                });
    }

    @Override
    public int makeSymlink(String path, String text) {
        return at(path, place -> FileTree.makeSymlink(place.directory(), place.name(), text));
    }

    @Override
    public @Nullable String linkText(String path) {
        try (HostPlace place = HostPlace.of(root, path)) {
            return place.status() != 0 ? null : FileTree.linkText(place.directory(), place.name());
        }
    }

    @Override
    public int link(String path, String newPath) {
        return at(
                path,
                from ->
                        at(
                                newPath,
                                to ->
                                        FileTree.link(
                                                from.directory(),
                                                from.name(),
                                                to.directory(),
                                                to.name(),
                                                0)));
    }

    @Override
    public int unlink(String path) {
        return at(path, place -> FileTree.remove(place.directory(), place.name(), false));
    }

    @Override
    public int removeDirectory(String path) {
        return at(path, place -> FileTree.remove(place.directory(), place.name(), true));
    }

    @Override
    public int rename(String path, String newPath, int flags) {
        return at(
                path,
                from ->
                        at(
                                newPath,
                                to ->
                                        FileTree.rename(
                                                from.directory(),
                                                from.name(),
                                                to.directory(),
                                                to.name(),
                                                flags)));
    }

    /** The descriptor's own link in /proc: the way to change what only O_PATH can open. */
    private static String procLink(int fd) {
        return "/proc/self/fd/" + fd;
    }

    @Override
    public int changeMode(String path, int permissions) {
        if (path.isEmpty()) {
            return FileTree.changeMode(FileTree.AT_FDCWD, procLink(root), permissions);
        }
        // fchmodat(2) follows a link that somebody puts there; a descriptor cannot be swapped.
        int fd = HostPlace.open(root, path, Files.O_PATH | Files.O_NOFOLLOW, 0);
        if (fd < 0) {
            return fd;
        }
        int status = FileTree.changeMode(FileTree.AT_FDCWD, procLink(fd), permissions);
        Files.close(fd);
        return status;
    }

    @Override
    public int changeOwner(String path, int uid, int gid) {
        return at(path, place -> FileTree.changeOwner(place.directory(), place.name(), uid, gid));
    }

    @Override
    public int changeTimes(String path, long access, long modify) {
        return at(
                path,
                place -> FileTree.changeTimes(place.directory(), place.name(), access, modify));
    }

    @Override
    public HostFile open(String path, boolean writable) {
        if (openFiles == MAX_OPEN) {
            return new HostDescriptor(this, -Errno.ENFILE, false);
        }
        // O_NONBLOCK: what was a file a moment ago may be a FIFO now, which must not make us wait.
        int flags =
                (writable ? Files.O_RDWR : Files.O_RDONLY) | Files.O_NOFOLLOW | Files.O_NONBLOCK;
        int fd =
                path.isEmpty()
                        ? Files.open(procLink(root), flags & ~Files.O_NOFOLLOW | Files.O_CLOEXEC, 0)
                        : HostPlace.open(root, path, flags, 0);
        return opened(fd, writable);
    }

    @Override
    public HostFile temporary(String directory, int permissions) {
        if (openFiles == MAX_OPEN) {
            return new HostDescriptor(this, -Errno.ENFILE, false);
        }
        int flags = Files.O_RDWR | Files.O_TMPFILE;
        int fd = HostPlace.open(root, directory, flags, permissions);
        return opened(fd, true);
    }

    private HostFile opened(int fd, boolean writable) {
        if (fd >= 0) {
            openFiles++;
        }
        return new HostDescriptor(this, fd, writable);
    }

    /** A descriptor of {@link #open} was closed. */
    void closed() {
        openFiles--;
    }

    /** Gives an open file without a name its first one. */
    int linkDescriptor(int fd, String path) {
        return at(
                path,
                place ->
                        FileTree.link(
                                FileTree.AT_FDCWD,
                                procLink(fd),
                                place.directory(),
                                place.name(),
                                FileTree.AT_SYMLINK_FOLLOW));
    }

    @Override
    public FileSystemStatistics statistics() {
        long[] values = FileTree.statistics(root);
        return values == null
                ? FileSystemStatistics.NONE
                : new FileSystemStatistics(values[0], values[1], values[2], values[3], values[4]);
    }

    @Override
    public int sync() {
        int fd = HostPlace.open(root, "", Files.O_RDONLY | Files.O_DIRECTORY, 0);
        if (fd < 0) {
            return 0;
        }
        int status = FileTree.syncAll(fd);
        Files.close(fd);
        return status;
    }

    @Override
    public void close() {
        Files.close(root);
    }
}
