package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.PathWalk;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.mm.FailedLookups;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.mm.LookupCall;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Notes calls that failed for want of what a path leads to, so that the next one is answered while
 * the program stays in the guest: see {@link FailedLookups}. Guarded by the instance lock.
 */
final class FailedPaths {
    /** Callers with different rights; later ones leave the guest for each call. */
    private static final int MOST_VIEWS = 64;

    private final List<Credentials> views = new ArrayList<>();

    /** Whether a failure may be one that lasts. */
    static boolean isLasting(long result) {
        return result == -Errno.ENOENT || result == -Errno.EINVAL || result == -Errno.ENOTDIR;
    }

    /**
     * A task made a call, and so may have used its last descriptor up, or got one back. Where others who
     * use its descriptors are not in its address space, they would not tell that.
     */
    void called(Task task) {
        FdTable files = task.files();
        boolean isOwn = files.users() == task.space().users();
        task.space().mayOpen(isOwn && files.hasRoom(task.group().limits().descriptors()));
    }

    /** A call of a task failed. */
    void failed(Task task, long number, int result) {
        FailedLookups known = task.kernel().sharedTables().failedLookups();
        LookupCall call = known.isUsed() ? LookupCall.of(number) : null;
        int view = call == null ? 0 : view(task);
        if (call == null || view == 0) {
            return;
        }
        task.space().view(view);
        int key = (int) TaskCall.argument(task, call.keyArgument());
        // What another thread has made of the path meanwhile may fail in another way.
        String path = path(task, TaskCall.argument(task, call.pathArgument()));
        if (path == null || !path.startsWith("/") || (call.isOpen() && creates(key))) {
            return;
        }
        PathWalk walk = Vfs.of(task).walk();
        List<FailedLookups.Place> places = new ArrayList<>();
        if (!walk.trace(task, path, follows(call, key) ? PathWalk.FOLLOW : 0, places)) {
            return;
        }
        int status = walk.status();
        if (status == 0 && call.isReadlink() && !walk.dentry().inode().isSymlink()) {
            status = -Errno.EINVAL;
        }
        if (status == result) {
            known.put(call, view, key, path, result, places);
        }
    }

    /** Who sees the same of the tree of files; 0 where that is not known. */
    private int view(Task task) {
        if (task.seccomp() != null || task.fs().root() != Vfs.of(task).root()) {
            return 0;
        }
        for (int i = 0; i < views.size(); i++) {
            if (views.get(i).hasRightsOf(task.credentials())) {
                return i + 1;
            }
        }
        // Nobody would pay for long lists of groups that are remembered here.
        if (views.size() == MOST_VIEWS || task.credentials().groupBytes() > 0) {
            return 0;
        }
        views.add(task.credentials());
        return views.size();
    }

    private static @Nullable String path(Task task, long address) {
        try {
            return task.memory().readString(address, FailedLookups.MAX_PATH + 1);
        } catch (GuestFault gone) {
            return null;
        }
    }

    private static boolean creates(int flags) {
        return (flags & (OpenFlags.O_CREAT | OpenFlags.O_TMPFILE & ~OpenFlags.O_DIRECTORY)) != 0;
    }

    private static boolean follows(LookupCall call, int key) {
        return !call.isReadlink()
                && !(call.isOpen() && (key & OpenFlags.O_NOFOLLOW) != 0)
                && !(call.hasFlags() && (key & Vfs.AT_SYMLINK_NOFOLLOW) != 0);
    }
}
