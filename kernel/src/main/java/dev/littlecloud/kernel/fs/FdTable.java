package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A process's file descriptors. Shared by threads and by clone(CLONE_FILES). */
public final class FdTable {
    private @Nullable OpenFile[] files = new @Nullable OpenFile[16];
    private boolean[] closeOnExec = new boolean[16];
    private int users = 1;

    /** The record lock that a thread of the process waits for. */
    @Nullable LockWait lockWait;

    /** No free descriptor is below this one. */
    private int lowestFree;

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
        }
    }

    public boolean isShared() {
        return users > 1;
    }

    /** The copy that fork(2) makes: same open files, one more reference each. */
    public FdTable copy() {
        FdTable copy = new FdTable();
        copy.files = files.clone();
        copy.closeOnExec = closeOnExec.clone();
        copy.lowestFree = lowestFree;
        for (OpenFile file : files) {
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
        grow(fd);
        files[fd] = file;
        closeOnExec[fd] = cloexec;
        if (from <= lowestFree) {
            lowestFree = fd + 1;
        }
        return fd;
    }

    /** Puts {@code file} at exactly {@code fd}, closing what was there; dup2(2). */
    public void replace(int fd, OpenFile file, boolean cloexec) {
        grow(fd);
        OpenFile old = files[fd];
        files[fd] = file;
        closeOnExec[fd] = cloexec;
        if (old != null) {
            closing(old);
        }
    }

    private void grow(int fd) {
        if (fd >= files.length) {
            int size = Math.max(fd + 1, files.length * 2);
            files = Arrays.copyOf(files, size);
            closeOnExec = Arrays.copyOf(closeOnExec, size);
        }
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
