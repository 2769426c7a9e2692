package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.freeze.FreezingException;
import dev.littlecloud.kernel.freeze.ThawingException;
import org.jspecify.annotations.Nullable;

/** A tree of inodes that is mounted in one place. Guarded by the instance lock. */
public abstract class FileSystem {
    private final String type;
    private final long deviceNumber;
    private final long magic;
    private @Nullable Mount mount;

    /**
     * @param type as /proc/mounts shows it, e.g. {@code tmpfs}
     * @param minor the minor of the anonymous device number (major 0) that stat(2) shows
     * @param magic what statfs(2) shows in f_type
     */
    protected FileSystem(String type, int minor, long magic) {
        this.type = type;
        this.deviceNumber = DeviceNumber.of(0, minor);
        this.magic = magic;
    }

    public final String type() {
        return type;
    }

    public final long deviceNumber() {
        return deviceNumber;
    }

    public final long magic() {
        return magic;
    }

    /** Where it is mounted; null for those of pipes, sockets and anonymous files. */
    public final @Nullable Mount mount() {
        return mount;
    }

    final void mount(Mount place) {
        mount = place;
    }

    public final boolean isReadOnly() {
        return mount != null && mount.isReadOnly();
    }

    /** Space and files, for statfs(2). */
    public FileSystemStatistics statistics() {
        return FileSystemStatistics.NONE;
    }

    /** Writes everything to stable storage; 0 or {@code -errno}. */
    public int sync() {
        return 0;
    }

    /**
     * Makes sure that what it has of the host will be found again by its names. The instance is quiet
     * and may go on afterwards.
     *
     * @throws FreezingException where something would not
     */
    public void beforeFreezing() {}

    /**
     * Opens again what it had of the host, before anything runs in what was made of it.
     *
     * @throws ThawingException where something is not there any more
     */
    public void afterThawing() {}

    /** Files without a tree: pipes, sockets, memfds, eventfds. */
    public static final FileSystem ANONYMOUS = new FileSystem("anon_inodefs", 14, 0x09041934L) {};
}
