package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.PathWalk;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.mm.KnownLookups;
import dev.littlecloud.kernel.mm.LookupCall;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskCall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Notes what calls were answered that asked for a path, so that the next one is answered while the
 * program stays in the guest: see {@link KnownLookups}. Guarded by the instance lock.
 */
final class KnownPaths {
    /** Callers with different rights; later ones leave the guest for each call. */
    private static final int MOST_VIEWS = 64;

    private static final byte[] NO_STATUS = {};

    /** The right of all to look a name up in a directory. */
    private static final int EVERYBODY = 0111;

    private final List<Credentials> views = new ArrayList<>();

    /** Whether an answer may be one that lasts. */
    static boolean mayLast(long result) {
        return result == 0
                || result == -Errno.ENOENT
                || result == -Errno.EINVAL
                || result == -Errno.ENOTDIR;
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

    /** A call of a task was answered. */
    void answered(Task task, long number, int result) {
        KnownLookups known = task.kernel().sharedTables().knownLookups();
        LookupCall call = known.isUsed() ? LookupCall.of(number) : null;
        if (call == null || (result == 0 && !call.isStat() && !call.isAccess())) {
            return;
        }
        int view = view(task);
        if (view == 0) {
            return;
        }
        task.space().view(view);
        int key = (int) TaskCall.argument(task, call.keyArgument());
        // What another thread has made of the path meanwhile may have another answer.
        String path = path(task, TaskCall.argument(task, call.pathArgument()));
        if (path == null
                || !path.startsWith("/")
                || (call.isOpen() && creates(key))
                || !known.isAgain(call, view, key, path)) {
            return;
        }
        PathWalk walk = Vfs.of(task).walk();
        List<KnownLookups.Place> places = new ArrayList<>();
        if (!walk.trace(task, path, follows(call, key) ? PathWalk.FOLLOW : 0, places)) {
            return;
        }
        int status = walk.status();
        if (result == 0 && status == 0) {
            found(task, call, view, key, path, places);
            return;
        }
        if (status == 0 && call.isReadlink() && !walk.dentry().inode().isSymlink()) {
            status = -Errno.EINVAL;
        }
        if (status == result) {
            known.put(call, view, key, path, result, NO_STATUS, places);
        }
    }

    /**
     * The same for a call that found something. All programs can read what was found, which so must be
     * nothing that directories keep from some.
     */
    private static void found(
            Task task,
            LookupCall call,
            int view,
            int key,
            String path,
            List<KnownLookups.Place> places) {
        Inode inode = Vfs.of(task).walk().dentry().inode();
        boolean isOpen =
                places.stream()
                        .allMatch(place -> (((Inode) place).mode() & EVERYBODY) == EVERYBODY);
        boolean isSame = call.isStat() || StatCalls.checkAccess(task, inode, key, 0) == 0;
        if (!isOpen || !isSame || !(inode instanceof KnownLookups.Place place)) {
            return;
        }
        places.add(place);
        byte[] status = NO_STATUS;
        if (call.isStat()) {
            status = new byte[KnownLookups.STATUS_CONTENT];
            StatCalls.put(ByteBuffer.wrap(status).order(ByteOrder.LITTLE_ENDIAN), inode);
        }
        task.kernel().sharedTables().knownLookups().put(call, view, key, path, 0, status, places);
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
            return task.memory().readString(address, KnownLookups.MAX_PATH + 1);
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
                && !(call.isStat() && (key & Vfs.AT_SYMLINK_NOFOLLOW) != 0);
    }
}
