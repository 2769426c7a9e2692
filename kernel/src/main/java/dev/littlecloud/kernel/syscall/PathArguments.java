package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.FoundFile;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** Reads the path and descriptor arguments of system calls. */
final class PathArguments {
    private PathArguments() {}

    /** The path at an address, or null: ENAMETOOLONG. */
    static @Nullable String path(Task task, long address) {
        return task.memory().readString(address, Dentry.PATH_MAX);
    }

    /**
     * Finds the file of {@code (directory, path, flags)}; the result is in {@link Vfs#found}.
     *
     * @param flags AT_EMPTY_PATH and AT_SYMLINK_NOFOLLOW are looked at
     * @return 0 or {@code -errno}
     */
    static int find(Task task, long directory, long path, int flags) {
        boolean follow = (flags & Vfs.AT_SYMLINK_NOFOLLOW) == 0;
        if ((flags & Vfs.AT_EMPTY_PATH) != 0) {
            // Linux 6.11 on takes a null pointer for an empty path too.
            if (path == 0 || task.memory().readByte(path) == 0) {
                return FoundFile.find(task, (int) directory, null, follow);
            }
        }
        String text = path(task, path);
        return text == null
                ? -Errno.ENAMETOOLONG
                : FoundFile.find(task, (int) directory, text, follow);
    }

    /** Finds the file of a descriptor that O_PATH did not open; result in {@link Vfs#found}. */
    static int findOpen(Task task, long fd) {
        OpenFile file = task.files().get(fd);
        return file == null || isPathOnly(file)
                ? -Errno.EBADF
                : FoundFile.find(task, (int) fd, null, true);
    }

    static boolean isPathOnly(OpenFile file) {
        return (file.flags() & OpenFlags.O_PATH) != 0;
    }
}
