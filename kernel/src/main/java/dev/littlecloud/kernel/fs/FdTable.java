package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.Frames;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A process's file descriptors. Shared by threads and by clone(CLONE_FILES). */
public final class FdTable {
    private @Nullable OpenFile[] files = new @Nullable OpenFile[16];
    private boolean[] closeOnExec = new boolean[16];
    private int users = 1;

    /** What the table and the open files in it are charged to; null until {@link #chargeTo}. */
    private @Nullable Frames frames;

    /** The record lock that a thread of the process waits for. */
    @Nullable LockWait lockWait;

    /** No free descriptor is below this one. */
    private int lowestFree;

    /** What a slot and the open file in it cost, roughly. */
    private static final int SLOT_BYTES = 160;

    /** Slots every process has for nothing. */
    private static final int FREE_SLOTS = 16;

    /** No table gets larger, whatever the process's limit: nr_open of Linux. */
    private static final int MAX_SLOTS = 1 << 20;

    /** Charges this table and its copies to the instance's memory. */
    public void chargeTo(Frames instance) {
        frames = instance;
    }

    /** One more task uses this table. */
    public void share() {
        users++;
    }

    /** One task less uses this table; the last one closes everything. */
    public void leave() {
        if (--users == 0) {
            for (int fd = 0; fd < files.length; fd++) {
                close(fd);
            }
            if (frames != null) {
                frames.uncharge(cost(files.length));
            }
            // A file about the thread may remember it for longer.
            files = new @Nullable OpenFile[0];
            closeOnExec = new boolean[0];
            frames = null;
        }
    }

    private static long cost(int slots) {
        return (long) (slots - FREE_SLOTS) * SLOT_BYTES;
    }

    /** What the instance was charged for the table. */
    public long chargedBytes() {
        return frames == null ? 0 : cost(files.length);
    }

    /** How many tasks use this table. */
    public int users() {
        return users;
    }

    public boolean isShared() {
        return users > 1;
    }

    /**
     * The copy that fork(2) makes: same open files, one more reference each; null where the
     * instance's memory does not allow it.
     */
    public @Nullable FdTable copy() {
        int slots = files.length;
        while (slots > FREE_SLOTS && files[slots - 1] == null) {
            slots--;
        }
        if (frames != null && !frames.charge(cost(slots))) {
            return null;
        }
        FdTable copy = new FdTable();
        copy.frames = frames;
        copy.files = Arrays.copyOf(files, slots);
        copy.closeOnExec = Arrays.copyOf(closeOnExec, slots);
        copy.lowestFree = lowestFree;
        for (OpenFile file : copy.files) {
            if (file != null) {
                file.retain();
            }
        }
        return copy;
    }

    /** The open file of a descriptor, or null: EBADF. */
    public @Nullable OpenFile get(long fd) {
        int index = (int) fd;
        return index >= 0 && index < files.length ? files[index] : null;
    }

    /**
     * Installs {@code file} at the lowest free descriptor and takes over the caller's reference.
     *
     * @param from lowest descriptor wanted
     * @param limit RLIMIT_NOFILE of the process
     * @return the descriptor, or {@code -EMFILE}, with the reference still the caller's
     */
    public int install(OpenFile file, int from, boolean cloexec, long limit) {
        int fd = Math.max(from, lowestFree);
        while (fd < files.length && files[fd] != null) {
            fd++;
        }
        if (fd >= limit) {
            return -Errno.EMFILE;
        }
        if (!grow(fd)) {
            return -Errno.ENFILE;
        }
        files[fd] = file;
        closeOnExec[fd] = cloexec;
        if (from <= lowestFree) {
            lowestFree = fd + 1;
        }
        return fd;
    }

    /**
     * Whether a descriptor is free.
     *
     * @param limit RLIMIT_NOFILE of the process
     */
    public boolean hasRoom(long limit) {
        while (lowestFree < files.length && files[lowestFree] != null) {
            lowestFree++;
        }
        return lowestFree < limit;
    }

    /**
     * Puts {@code file} at exactly {@code fd}, closing what was there; dup2(2).
     *
     * @return false where there is no memory for it; the reference is still the caller's then
     */
    public boolean replace(int fd, OpenFile file, boolean cloexec) {
        if (!grow(fd)) {
            return false;
        }
        OpenFile old = files[fd];
        files[fd] = file;
        closeOnExec[fd] = cloexec;
        if (old != null) {
            closing(old);
        }
        return true;
    }

    private boolean grow(int fd) {
        if (fd < files.length) {
            return true;
        }
        int size = Math.max(fd + 1, Math.min(files.length * 2, MAX_SLOTS));
        if (size > MAX_SLOTS
                || (frames != null && !frames.charge(cost(size) - cost(files.length)))) {
            return false;
        }
        files = Arrays.copyOf(files, size);
        closeOnExec = Arrays.copyOf(closeOnExec, size);
        return true;
    }

    /** Closes a descriptor: 0 or {@code -EBADF}. */
    public int close(int fd) {
        OpenFile file = get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        files[fd] = null;
        closeOnExec[fd] = false;
        lowestFree = Math.min(lowestFree, fd);
        closing(file);
        return 0;
    }

    private void closing(OpenFile file) {
        FileLocks.descriptorClosed(this, file);
        file.release();
    }

    public boolean isCloseOnExec(int fd) {
        return closeOnExec[fd];
    }

    public void closeOnExec(int fd, boolean cloexec) {
        closeOnExec[fd] = cloexec;
    }

    /** Closes what execve(2) does not inherit. */
    public void closeOnExec() {
        for (int fd = 0; fd < files.length; fd++) {
            if (closeOnExec[fd]) {
                close(fd);
            }
        }
    }

    /** One above the highest descriptor that may be open, for iteration. */
    public int size() {
        return files.length;
    }
}
