package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.watch.InodeWatches;
import dev.littlecloud.kernel.mm.KnownLookups;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.task.Task;
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
    public static final int S_ISUID = 04000;
    public static final int S_ISGID = 02000;
    public static final int S_ISVTX = 01000;

    /** All bits that chmod(2) can change. */
    public static final int PERMISSIONS = 07777;

    private final long number;
    private int mode;
    private int uid;
    private int gid;
    private int links = 1;
    private long accessTime;
    private long modifyTime;
    private long changeTime;
    private long birthTime;

    /** Open file descriptions and mappings that keep the contents alive without a name. */
    private int uses;

    /** Open file descriptions that can write. */
    private int writers;

    /** Processes that run it as their program. */
    private int runners;

    private boolean linkableWithoutName;
    private @Nullable FileLocks locks;
    private @Nullable InodeWatches watches;

    /** Who has answered calls for it and does not know of a change yet. */
    private @Nullable KnownLookups lookups;

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

    public FileSystem fileSystem() {
        return FileSystem.ANONYMOUS;
    }

    public final long number() {
        return number;
    }

    /** Type and permission bits. */
    public final int mode() {
        return mode;
    }

    public final int type() {
        return mode & S_IFMT;
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

    public final int uid() {
        return uid;
    }

    public final int gid() {
        return gid;
    }

    public final int links() {
        return links;
    }

    /** Time of last access, in nanoseconds since 1970. */
    public final long accessTime() {
        return accessTime;
    }

    /** Time of last modification of the contents, in nanoseconds since 1970. */
    public final long modifyTime() {
        return modifyTime;
    }

    /** Time of last change of attributes, in nanoseconds since 1970. */
    public final long changeTime() {
        return changeTime;
    }

    /** Time of creation, in nanoseconds since 1970. */
    public long birthTime() {
        return birthTime;
    }

    /** Size in bytes. */
    public long size() {
        return 0;
    }

    /** Storage in use, in units of 512 bytes. */
    public long blocks() {
        return (size() + 511) >>> 9;
    }

    public int blockSize() {
        return 4096;
    }

    /** The device that a device node stands for. */
    public long device() {
        return 0;
    }

    /** Brings the attributes up to date where somebody else can change them; 0 or {@code -errno}. */
    public int refresh() {
        return 0;
    }

    // ---- Changes. They answer 0 or -errno; permissions were checked by the caller.

    /** Changes the permission bits. */
    public int changeMode(int permissions) {
        changes();
        mode = (mode & S_IFMT) | (permissions & PERMISSIONS);
        return 0;
    }

    public int changeOwner(int newUid, int newGid) {
        changes();
        uid = newUid;
        gid = newGid;
        return 0;
    }

    /** Sets access and modification time, as utimensat(2). */
    public int changeTimes(long access, long modify) {
        changes();
        accessTime = access;
        modifyTime = modify;
        return 0;
    }

    /** Cuts or extends the contents. */
    public int truncate(long size) {
        return -Errno.EINVAL;
    }

    /** Attributes were changed now. */
    public final void changed(long now) {
        changes();
        changeTime = now;
    }

    /** Contents were modified now. */
    public final void modified(long now) {
        changes();
        modifyTime = now;
        changeTime = now;
    }

    /** Contents were read now; at most one update a day or after a modification (relatime). */
    public final void accessed(long now) {
        if (accessTime <= modifyTime
                || accessTime <= changeTime
                || now - accessTime > 86_400_000_000_000L) {
            changes();
            accessTime = now;
        }
    }

    /** Where changes can be told of: the lookups want to know of the next one. */
    public final void reliedOn(KnownLookups by) {
        lookups = by;
    }

    /** What stat(2) tells of it, what it holds if it is a directory, or who may use it changes. */
    protected final void changes() {
        KnownLookups told = lookups;
        if (told != null && this instanceof KnownLookups.Place changed) {
            lookups = null;
            told.forget(changed);
        }
    }

    protected final void times(long access, long modify, long change) {
        accessTime = access;
        modifyTime = modify;
        changeTime = change;
        if (birthTime == 0) {
            birthTime = change;
        }
    }

    /** Sets the number of names; for file systems. Call {@link #freeIfUnused} after the last one. */
    public final void links(int count) {
        changes();
        links = count;
    }

    /** Takes over attributes as another party tells them. */
    protected final void attributes(int newMode, int newUid, int newGid, int newLinks) {
        mode = newMode;
        uid = newUid;
        gid = newGid;
        links = newLinks;
    }

    // ---- What it holds.

    /** The text of a symbolic link, or null where it cannot be read. */
    public @Nullable String linkText(Task task) {
        return null;
    }

    /** As {@link #linkText}, before there is a task; see {@link Boot}. */
    public @Nullable String linkTextAtBoot() {
        return null;
    }

    /**
     * Where a link of /proc leads without its text being walked (a file that was unlinked, say);
     * null for ordinary links.
     */
    public @Nullable Dentry magicTarget(Task task) {
        return null;
    }

    /** Whether {@link #magicTarget} is the way to follow this link. */
    public boolean isMagicLink() {
        return false;
    }

    /** Opens it; permissions were checked. FIFOs may answer {@link Task#BLOCK}. */
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        return Opened.error(Errno.ENXIO);
    }

    /** Contents as pages, for execve(2) and mmap(2); null where there are none. */
    public @Nullable PageCache pageCache() {
        return null;
    }

    /** Extended attributes; null where the file system has none (EOPNOTSUPP). */
    public @Nullable ExtendedAttributes extendedAttributes() {
        return null;
    }

    /** A file of O_TMPFILE may be given its first name later. */
    public final void allowFirstLink() {
        linkableWithoutName = true;
    }

    /** Whether link(2) may give it another name. */
    public final boolean isLinkable() {
        return links > 0 || linkableWithoutName;
    }

    /** An open file or a mapping refers to it. */
    public final void use() {
        if (uses++ == 0) {
            busy();
        }
    }

    /** One user less; the last one of a file without names frees it. */
    public final void unuse() {
        uses--;
        if (uses == 0) {
            idle();
        }
        freeIfUnused();
    }

    /** Open files and mappings that refer to it. */
    public final int uses() {
        return uses;
    }

    final void addWriter() {
        writers++;
    }

    final void removeWriter() {
        writers--;
    }

    /** Whether somebody has it open for writing: execve(2) answers ETXTBSY then. */
    public final boolean isWritten() {
        return writers > 0;
    }

    /** A process runs it as its program now. */
    public final void addRunner() {
        runners++;
    }

    public final void removeRunner() {
        runners--;
    }

    /** Whether a process runs it: opening it for writing answers ETXTBSY then. */
    public final boolean isRunning() {
        return runners > 0;
    }

    /** Frees the contents where neither a name nor a user is left. */
    public final void freeIfUnused() {
        if (uses == 0 && links <= 0) {
            if (watches != null) {
                watches.inodeGone();
            }
            free();
        }
    }

    /** A first open file or mapping refers to it. */
    protected void busy() {}

    /** No open file and no mapping refers to it any more; it may have names. */
    protected void idle() {}

    /** Nothing refers to it any more. */
    protected void free() {}

    /** Advisory locks; made at first use. */
    public final FileLocks locks() {
        if (locks == null) {
            locks = new FileLocks();
        }
        return locks;
    }

    final @Nullable FileLocks locksIfAny() {
        return locks;
    }

    /** inotify(7) watches on it; null where there are none. */
    public final @Nullable InodeWatches watches() {
        return watches;
    }

    public final void watches(@Nullable InodeWatches newWatches) {
        watches = newWatches;
    }
}
