package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.task.Task;

/** What the families that hand out descriptors share. */
final class Descriptors {
    private Descriptors() {}

    /** Installs a new open file; it is closed again where no descriptor is free. */
    static long install(Task task, OpenFile file, boolean closeOnExec) {
        long fd = task.files().install(file, 0, closeOnExec, task.group().limits().descriptors());
        if (fd < 0) {
            file.release();
        }
        return fd;
    }

    /**
     * Installs two new open files and writes their descriptors to an {@code int[2]}, or neither.
     */
    static long installPair(
            Task task, OpenFile first, OpenFile second, boolean closeOnExec, long address) {
        long one = install(task, first, closeOnExec);
        if (one < 0) {
            second.release();
            return one;
        }
        long two = install(task, second, closeOnExec);
        if (two < 0) {
            task.files().close((int) one);
            return two;
        }
        boolean written = false;
        try {
            task.memory().writeLong(address, one | two << 32);
            written = true;
        } finally {
            if (!written) {
                task.files().close((int) one);
                task.files().close((int) two);
            }
        }
        return 0;
    }

    /** Gives the task a descriptor table of its own: 0 or {@code -ENOMEM}. */
    static int unshare(Task task) {
        FdTable shared = task.files();
        if (shared.isShared()) {
            FdTable own = shared.copy();
            if (own == null) {
                return -Errno.ENOMEM;
            }
            shared.leave();
            task.replaceFiles(own);
        }
        return 0;
    }
}
