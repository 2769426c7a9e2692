package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.Permissions;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.fs.watch.Inotify;
import dev.littlecloud.kernel.fs.watch.WatchEvents;
import dev.littlecloud.kernel.task.Task;

/** inotify(7). */
final class InotifyCalls {
    private static final int KNOWN =
            WatchEvents.ALL
                    | WatchEvents.ONLY_DIRECTORY
                    | WatchEvents.DONT_FOLLOW
                    | WatchEvents.EXCLUDE_UNLINKED
                    | WatchEvents.MASK_CREATE
                    | WatchEvents.MASK_ADD
                    | WatchEvents.ONE_SHOT;

    private InotifyCalls() {}

    static void register(SyscallTable table) {
        table.full(253, "inotify_init", "", (Handler.Call0) task -> init1(task, 0));
        table.full(254, "inotify_add_watch", "fd,path,hex", (Handler.Call3) InotifyCalls::add);
        table.full(255, "inotify_rm_watch", "fd,int", (Handler.Call2) InotifyCalls::remove);
        table.full(294, "inotify_init1", "flags", (Handler.Call1) InotifyCalls::init1);
    }

    private static long init1(Task task, long flags) {
        if ((flags & ~(OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK)) != 0) {
            return -Errno.EINVAL;
        }
        Inotify instance = new Inotify((int) flags & OpenFlags.O_NONBLOCK, task.kernel().frames());
        return Descriptors.install(task, instance, (flags & OpenFlags.O_CLOEXEC) != 0);
    }

    private static long add(Task task, long fd, long path, long events) {
        int mask = (int) events;
        int exclusive = WatchEvents.MASK_ADD | WatchEvents.MASK_CREATE;
        if ((mask & WatchEvents.ALL) == 0 || (mask & exclusive) == exclusive) {
            return -Errno.EINVAL;
        }
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        if (!(file instanceof Inotify instance)) {
            return -Errno.EINVAL;
        }
        int flags = (mask & WatchEvents.DONT_FOLLOW) != 0 ? Vfs.AT_SYMLINK_NOFOLLOW : 0;
        int status = PathArguments.find(task, Vfs.AT_FDCWD, path, flags);
        if (status != 0) {
            return status;
        }
        Inode inode = Vfs.of(task).found().inode();
        if ((mask & WatchEvents.ONLY_DIRECTORY) != 0 && !inode.isDirectory()) {
            return -Errno.ENOTDIR;
        }
        status = Permissions.check(task.credentials(), inode, Permissions.READ);
        return status != 0 ? status : instance.add(inode, mask & KNOWN);
    }

    private static long remove(Task task, long fd, long descriptor) {
        OpenFile file = task.files().get(fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        return file instanceof Inotify instance ? instance.remove((int) descriptor) : -Errno.EINVAL;
    }
}
