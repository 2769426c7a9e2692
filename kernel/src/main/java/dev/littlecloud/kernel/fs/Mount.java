package dev.littlecloud.kernel.fs;

import org.jspecify.annotations.Nullable;

/** A file system's place in the instance's tree. */
public final class Mount {
    /** ST_RDONLY of statvfs(3). */
    public static final int READ_ONLY = 1;

    /** ST_NOSUID: set-user-id bits of programs are ignored. */
    public static final int NO_SUID = 2;

    /** ST_NODEV: device nodes cannot be opened. */
    public static final int NO_DEVICES = 4;

    /** ST_NOEXEC: programs cannot be executed. */
    public static final int NO_EXEC = 8;

    private static final int RELATIVE_TIMES = 4096;

    private final int id;
    private final FileSystem fileSystem;
    private final Dentry root;
    private final @Nullable Dentry covered;
    private final String source;
    private final String path;
    private int flags;

    Mount(
            int id,
            FileSystem fileSystem,
            Dentry root,
            @Nullable Dentry covered,
            String source,
            String path,
            int flags) {
        this.id = id;
        this.fileSystem = fileSystem;
        this.root = root;
        this.covered = covered;
        this.source = source;
        this.path = path;
        this.flags = flags;
    }

    /** Number in mountinfo and statx(2). */
    public int id() {
        return id;
    }

    public FileSystem fileSystem() {
        return fileSystem;
    }

    public Dentry root() {
        return root;
    }

    /** The directory or file it hides; null for the root file system. */
    public @Nullable Dentry covered() {
        return covered;
    }

    /** First column of /proc/mounts. */
    public String source() {
        return source;
    }

    /** Second column of /proc/mounts. */
    public String path() {
        return path;
    }

    public boolean isReadOnly() {
        return (flags & READ_ONLY) != 0;
    }

    void makeReadOnly() {
        flags |= READ_ONLY;
    }

    public boolean allowsSetUserId() {
        return (flags & NO_SUID) == 0;
    }

    public boolean allowsDevices() {
        return (flags & NO_DEVICES) == 0;
    }

    public boolean allowsPrograms() {
        return (flags & NO_EXEC) == 0;
    }

    /** The f_flags of statfs(2). */
    public int statisticsFlags() {
        return flags | RELATIVE_TIMES;
    }

    /** Fourth column of /proc/mounts. */
    public String options() {
        return (isReadOnly() ? "ro" : "rw")
                + (allowsSetUserId() ? "" : ",nosuid")
                + (allowsDevices() ? "" : ",nodev")
                + (allowsPrograms() ? "" : ",noexec")
                + ",relatime";
    }
}
