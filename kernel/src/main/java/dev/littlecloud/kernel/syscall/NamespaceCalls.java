package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Task;

/**
 * Mounts and name spaces. An instance's mounts are settled by who runs it, so what would change them
 * is refused as in a container without CAP_SYS_ADMIN.
 */
final class NamespaceCalls {
    private static final int CLONE_FS = 0x200;
    private static final int CLONE_FILES = 0x400;
    private static final int CLONE_SYSVSEM = 0x40000;

    /** All that unshare(2) names: of threads, time, mounts, cgroups, UTS, IPC, users, pids, nets. */
    private static final int UNSHAREABLE =
            CLONE_FS | CLONE_FILES | CLONE_SYSVSEM | 0x10980 | 0x20000 | 0x7E00_0000;

    private static final int AT_SYMLINK_FOLLOW = 0x400;
    private static final int AT_EMPTY_PATH = 0x1000;

    private NamespaceCalls() {}

    static void register(SyscallTable table) {
        String mounts = "an instance's mounts are settled by who runs it";
        table.refused(155, "pivot_root", Errno.EPERM, mounts);
        table.refused(165, "mount", Errno.EPERM, mounts);
        table.refused(166, "umount2", Errno.EPERM, mounts);
        table.refused(428, "open_tree", Errno.EPERM, mounts);
        table.refused(429, "move_mount", Errno.EPERM, mounts);
        table.refused(430, "fsopen", Errno.EPERM, mounts);
        table.refused(431, "fsconfig", Errno.EPERM, mounts);
        table.refused(432, "fsmount", Errno.EPERM, mounts);
        table.refused(433, "fspick", Errno.EPERM, mounts);
        table.refused(442, "mount_setattr", Errno.EPERM, mounts);
        table.partial(
                272,
                "unshare",
                "hex",
                (Handler.Call1) NamespaceCalls::unshare,
                "CLONE_FILES and CLONE_FS; new name spaces answer EPERM");
        table.partial(
                308,
                "setns",
                "fd,hex",
                (Handler.Call2) NamespaceCalls::setns,
                "EINVAL: no descriptor refers to a name space that could be entered");
        table.refused(
                303,
                "name_to_handle_at",
                "fd,path,ptr,ptr,hex",
                (Handler.Call5) NamespaceCalls::nameToHandle,
                "EOPNOTSUPP: files have no handles");
        table.refused(304, "open_by_handle_at", Errno.EPERM, "needs CAP_DAC_READ_SEARCH");
        table.refused(167, "swapon", Errno.EPERM, "needs CAP_SYS_ADMIN");
        table.refused(168, "swapoff", Errno.EPERM, "needs CAP_SYS_ADMIN");
        table.refused(179, "quotactl", Errno.ENOSYS, "built without quotas");
        table.refused(443, "quotactl_fd", Errno.ENOSYS, "built without quotas");
        table.refused(300, "fanotify_init", Errno.EPERM, "needs CAP_SYS_ADMIN");
        table.refused(301, "fanotify_mark", Errno.EBADF, "there is no fanotify group");
    }

    private static long nameToHandle(
            Task task, long directory, long path, long handle, long mount, long flags) {
        if ((flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        int status = PathArguments.find(task, directory, path, (int) flags & AT_EMPTY_PATH);
        return status < 0 ? status : -Errno.EOPNOTSUPP;
    }

    private static long setns(Task task, long fd, long kind) {
        return task.files().get((int) fd) == null ? -Errno.EBADF : -Errno.EINVAL;
    }

    private static long unshare(Task task, long flags) {
        if ((flags & ~UNSHAREABLE) != 0) {
            return -Errno.EINVAL;
        }
        if ((flags & ~(CLONE_FS | CLONE_FILES | CLONE_SYSVSEM)) != 0) {
            return -Errno.EPERM;
        }
        int unshared = (flags & CLONE_FILES) != 0 ? Descriptors.unshare(task) : 0;
        if (unshared != 0) {
            return unshared;
        }
        if ((flags & CLONE_FS) != 0) {
            task.replaceFs(task.fs().copy());
        }
        return 0;
    }
}
