package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.task.Task;

/** What other parts of the kernel need of the tree of files. */
public interface FileSystemRoot {
    /** The instance's root directory. */
    Dentry root();

    /**
     * Opens a file for execution: follows links from the task's root and working directory, checks
     * that it is regular and executable by the task.
     *
     * @param directory descriptor the path starts from, or AT_FDCWD (-100)
     * @param path as the program gave it
     * @param flags AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW
     */
    ExecutableFile openExecutable(Task task, int directory, String path, int flags);

    /** See {@link FileSystem#beforeFreezing}. */
    void beforeFreezing();

    /** See {@link FileSystem#afterThawing}. */
    void afterThawing();

    /** An anonymous file in RAM, as for MAP_SHARED|MAP_ANONYMOUS, memfd and SysV shared memory. */
    Inode anonymousFile(String name, long size);

    /**
     * An opened program or the errno that refused it.
     *
     * @param errno 0 where it was opened
     * @param path its path from the instance's root, for /proc/PID/exe
     */
    record ExecutableFile(
            int errno,
            @org.jspecify.annotations.Nullable Dentry dentry,
            @org.jspecify.annotations.Nullable Inode inode,
            String path) {}
}
