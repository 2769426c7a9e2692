package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;

/** cachestat(2). */
final class CacheCalls {
    /** Numbers of struct cachestat: cached, dirty, in write-back, evicted, recently evicted. */
    private static final int NUMBERS = 5;

    private CacheCalls() {}

    static void register(SyscallTable table) {
        table.partial(
                451,
                "cachestat",
                "fd,ptr,ptr,hex",
                (Handler.Call4) CacheCalls::cachestat,
                "all pages of a regular file count as cached, none as dirty");
    }

    private static long cachestat(Task task, long fd, long range, long result, long flags) {
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        UserMemory memory = task.memory();
        long start = memory.readLong(range);
        long length = memory.readLong(range + 8);
        if ((int) flags != 0) {
            return -Errno.EINVAL;
        }
        Inode inode = file.inode();
        long pages = 0;
        if (inode.isRegular() && start >= 0 && start < inode.size()) {
            long last = inode.size() - 1;
            if (length > 0 && length <= last - start) {
                last = start + length - 1;
            }
            pages = (last >> Frames.SHIFT) - (start >> Frames.SHIFT) + 1;
        }
        memory.writeLong(result, pages);
        for (int i = 1; i < NUMBERS; i++) {
            memory.writeLong(result + 8L * i, 0);
        }
        return 0;
    }
}
