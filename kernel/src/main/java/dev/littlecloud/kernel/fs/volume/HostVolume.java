package dev.littlecloud.kernel.fs.volume;

import dev.littlecloud.kernel.fs.FileSystemStatistics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A directory or a single file of the host that a guest sees. Paths are relative to it, without
 * leading slash, ".", ".." or empty parts; "" is the volume's root. Strings have one char per byte.
 * An implementation never follows a symbolic link, so that no path leads out of the volume. Calls
 * answer a value or {@code -errno} (Linux numbers) and do not throw.
 */
public interface HostVolume extends AutoCloseable {
    /** Its place among the volumes of the instance, from 0. */
    int number();

    /** The attributes of a file itself. */
    int attributes(String path, HostAttributes result);

    /** Names in a directory with their inode numbers and types; null where it cannot be read. */
    @Nullable List<Entry> list(String path);

    /**
     * @param mode type bits as in stat(2), without permissions
     */
    record Entry(String name, long inode, int mode) {}

    /** Makes an empty regular file. */
    int create(String path, int permissions);

    /** Makes a FIFO or socket. */
    int makeNode(String path, int mode);

    int makeDirectory(String path, int permissions);

    int makeSymlink(String path, String text);

    @Nullable String linkText(String path);

    int link(String path, String newPath);

    int unlink(String path);

    int removeDirectory(String path);

    /**
     * @param flags as renameat2(2)
     */
    int rename(String path, String newPath, int flags);

    int changeMode(String path, int permissions);

    int changeOwner(String path, int uid, int gid);

    /** Times in nanoseconds since 1970. */
    int changeTimes(String path, long access, long modify);

    /** Opens a regular file; see {@link HostFile#errno} for a refusal. */
    HostFile open(String path, boolean writable);

    /** An open file without a name, or a refusal. */
    HostFile temporary(String directory, int permissions);

    FileSystemStatistics statistics();

    /** Writes everything to stable storage. */
    int sync();

    @Override
    void close();
}
