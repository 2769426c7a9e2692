package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;

/** Memory policies of a machine with one node, on which all are the same; numa(7). */
final class NumaCalls {
    private static final int DEFAULT = 0;
    private static final int BIND = 2;
    private static final int INTERLEAVE = 3;
    private static final int LAST_POLICY = 5;
    private static final long MODE_FLAGS = 0xE000;

    private static final long GET_NODE = 1;
    private static final long GET_ALLOWED = 4;
    private static final long GET_FLAGS = 7;

    private static final long BIND_FLAGS = 7;
    private static final int MAX_PAGES = 1 << 16;

    private NumaCalls() {}

    static void register(SyscallTable table) {
        String note = "one node: policies are checked and make no difference";
        table.partial(
                237, "mbind", "ptr,long,int,ptr,long,hex", (Handler.Call6) NumaCalls::mbind, note);
        table.partial(
                238, "set_mempolicy", "int,ptr,long", (Handler.Call3) NumaCalls::setPolicy, note);
        table.partial(
                239,
                "get_mempolicy",
                "ptr,ptr,long,ptr,hex",
                (Handler.Call5) NumaCalls::getPolicy,
                note);
        table.partial(
                256,
                "migrate_pages",
                "int,long,ptr,ptr",
                (Handler.Call4) (task, pid, max, from, to) -> 0,
                note);
        table.partial(
                279,
                "move_pages",
                "int,long,ptr,ptr,ptr,hex",
                (Handler.Call6) NumaCalls::movePages,
                "of the caller only; " + note);
        table.refused(450, "set_mempolicy_home_node", Errno.ENOSYS, "built for one node");
    }

    /** Whether a policy and its set of nodes go together; set_mempolicy(2). */
    private static long check(UserMemory memory, long mode, long nodes, long count) {
        int policy = (int) (mode & ~MODE_FLAGS);
        if (policy < 0 || policy > LAST_POLICY) {
            return -Errno.EINVAL;
        }
        // The count is one more than the bits there are.
        boolean empty = true;
        if (nodes != 0 && count > 1) {
            long set = memory.readLong(nodes);
            if (count <= Long.SIZE) {
                set &= (1L << (count - 1)) - 1;
            }
            if ((set & ~1L) != 0) {
                return -Errno.EINVAL;
            }
            empty = set == 0;
        }
        boolean needsNodes = policy == BIND || policy == INTERLEAVE;
        return (policy == DEFAULT && !empty) || (needsNodes && empty) ? -Errno.EINVAL : 0;
    }

    private static long setPolicy(Task task, long mode, long nodes, long count) {
        return check(task.memory(), mode, nodes, count);
    }

    private static long mbind(
            Task task, long address, long length, long mode, long nodes, long count, long flags) {
        if ((flags & ~BIND_FLAGS) != 0 || (address & 4095) != 0) {
            return -Errno.EINVAL;
        }
        long checked = check(task.memory(), mode, nodes, count);
        if (checked != 0 || length == 0) {
            return checked;
        }
        long end = address + ((length + 4095) & -4096);
        return task.space().isFullyMapped(address, end) ? 0 : -Errno.EFAULT;
    }

    private static long getPolicy(
            Task task, long mode, long nodes, long count, long address, long flags) {
        boolean allowed = (flags & GET_ALLOWED) != 0;
        if ((flags & ~GET_FLAGS) != 0 || (nodes != 0 && count < 1)) {
            return -Errno.EINVAL;
        }
        if (allowed && (flags & ~GET_ALLOWED) != 0) {
            return -Errno.EINVAL;
        }
        boolean ofAddress = (flags & 2) != 0;
        if (!ofAddress && address != 0) {
            return -Errno.EINVAL;
        }
        if (ofAddress && task.space().areaAt(address) == null) {
            return -Errno.EFAULT;
        }
        if (!ofAddress && (flags & GET_NODE) != 0) {
            return -Errno.EINVAL;
        }
        if (mode != 0) {
            task.memory().writeInt(mode, DEFAULT);
        }
        if (nodes != 0) {
            task.memory().writeLong(nodes, allowed ? 1 : 0);
        }
        return 0;
    }

    private static long movePages(
            Task task, long pid, long count, long pages, long nodes, long status, long flags) {
        if (count < 0 || count > MAX_PAGES) {
            return -Errno.E2BIG;
        }
        if (pid != 0 && pid != task.group().pid()) {
            return task.kernel().tasks().process((int) pid) == null ? -Errno.ESRCH : -Errno.EPERM;
        }
        UserMemory memory = task.memory();
        for (long i = 0; i < count; i++) {
            long page = memory.readLong(pages + 8 * i) & -4096;
            if (nodes != 0 && memory.readInt(nodes + 4 * i) != 0) {
                return -Errno.ENODEV;
            }
            boolean resident = task.space().nextResident(page, page + Frames.SIZE) == page;
            memory.writeInt(status + 4 * i, resident ? 0 : -Errno.ENOENT);
        }
        return 0;
    }
}
