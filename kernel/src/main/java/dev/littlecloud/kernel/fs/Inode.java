package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.mm.PageCache;
import org.jspecify.annotations.Nullable;

/** A file-system object with its attributes; inode(7). Guarded by the instance lock. */
public abstract class Inode {
    public static final int S_IFMT = 0170000;
    public static final int S_IFSOCK = 0140000;
    public static final int S_IFLNK = 0120000;
    public static final int S_IFREG = 0100000;
    public static final int S_IFBLK = 0060000;
    public static final int S_IFDIR = 0040000;
    public static final int S_IFCHR = 0020000;
    public static final int S_IFIFO = 0010000;

    private final long number;
    private int mode;
    private int uid;
    private int gid;

    /**
     * @param number the inode number that stat(2) shows
     * @param mode type and permission bits
     */
    protected Inode(long number, int mode, int uid, int gid) {
        this.number = number;
        this.mode = mode;
        this.uid = uid;
        this.gid = gid;
    }

    public final long number() {
        return number;
    }

    /** Type and permission bits. */
    public int mode() {
        return mode;
    }

    public void mode(int newMode) {
        mode = newMode;
    }

    public final int type() {
        return mode() & S_IFMT;
    }

    public final boolean isDirectory() {
        return type() == S_IFDIR;
    }

    public final boolean isRegular() {
        return type() == S_IFREG;
    }

    public final boolean isSymlink() {
        return type() == S_IFLNK;
    }

    public int uid() {
        return uid;
    }

    public int gid() {
        return gid;
    }

    public void owner(int newUid, int newGid) {
        uid = newUid;
        gid = newGid;
    }

    /** Size in bytes. */
    public long size() {
        return 0;
    }

    /** Contents as pages, for execve(2) and mmap(2); null where there are none. */
    public @Nullable PageCache pageCache() {
        return null;
    }
}
