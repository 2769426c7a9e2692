package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.FaultResult;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.Vma;
import dev.littlecloud.kernel.task.ResourceLimits;
import dev.littlecloud.kernel.task.Task;
import java.util.List;

/**
 * mlock(2) and friends. An instance does not swap, so locking means to bring pages in and to count
 * them against RLIMIT_MEMLOCK; nobody in an instance has CAP_IPC_LOCK.
 */
final class LockMemoryCalls {
    private static final int MLOCK_ONFAULT = 1;
    private static final int MCL_CURRENT = 1;
    private static final int MCL_FUTURE = 2;
    private static final int MCL_ONFAULT = 4;
    private static final long PAGE_MASK = -Frames.SIZE;

    private LockMemoryCalls() {}

    static void register(SyscallTable table) {
        table.full(149, "mlock", "ptr,long", (Handler.Call2) (task, a, b) -> lock(task, a, b, 0));
        table.full(150, "munlock", "ptr,long", (Handler.Call2) LockMemoryCalls::unlock);
        table.partial(
                151,
                "mlockall",
                "hex",
                (Handler.Call1) LockMemoryCalls::lockAll,
                "marks what is mapped; MCL_FUTURE is accepted only");
        table.full(152, "munlockall", "", (Handler.Call0) LockMemoryCalls::unlockAll);
        table.full(325, "mlock2", "ptr,long,hex", (Handler.Call3) LockMemoryCalls::lock);
    }

    private static long lock(Task task, long address, long length, long flags) {
        if ((flags & ~MLOCK_ONFAULT) != 0) {
            return -Errno.EINVAL;
        }
        long start = address & PAGE_MASK;
        long end = (address + length + Frames.SIZE - 1) & PAGE_MASK;
        if (length < 0 || Long.compareUnsigned(end, start) < 0) {
            return -Errno.EINVAL;
        }
        if (end == start) {
            return 0;
        }
        AddressSpace space = task.space();
        long limit = task.group().limits().soft(ResourceLimits.MEMLOCK);
        if (limit == 0) {
            return -Errno.EPERM;
        }
        if (limit > 0 && lockedOutside(space, start, end) + (end - start) > limit) {
            return -Errno.ENOMEM;
        }
        if (!space.isFullyMapped(start, end)) {
            return -Errno.ENOMEM;
        }
        int result = space.changes().forEachArea(start, end, area -> area.locked(true));
        if (result == 0 && flags == 0 && !bringIn(space, start, end)) {
            return -Errno.ENOMEM;
        }
        return result;
    }

    private static long lockedOutside(AddressSpace space, long start, long end) {
        long bytes = 0;
        for (Vma area : space.areas()) {
            if (area.isLocked()) {
                long overlap =
                        Math.max(0, Math.min(end, area.end()) - Math.max(start, area.start()));
                bytes += area.end() - area.start() - overlap;
            }
        }
        return bytes;
    }

    /** Whether all of a range can be had: not what allows nothing, nor what lies behind a file. */
    private static boolean bringIn(AddressSpace space, long start, long end) {
        boolean complete = true;
        for (Vma area : List.copyOf(space.areas())) {
            long from = Math.max(start, area.start());
            long to = Math.min(end, area.end());
            if (from < to && area.protection() == 0) {
                complete = false;
            } else if (from < to) {
                boolean write = !area.isShared() && (area.protection() & Vma.WRITE) != 0;
                complete &= space.populate(from, to, write) == FaultResult.RESOLVED;
            }
        }
        return complete;
    }

    private static long unlock(Task task, long address, long length) {
        long start = address & PAGE_MASK;
        long end = (address + length + Frames.SIZE - 1) & PAGE_MASK;
        if (length < 0 || Long.compareUnsigned(end, start) < 0) {
            return -Errno.EINVAL;
        }
        if (end == start) {
            return 0;
        }
        return task.space().isFullyMapped(start, end)
                ? task.space().changes().forEachArea(start, end, area -> area.locked(false))
                : -Errno.ENOMEM;
    }

    private static long lockAll(Task task, long flags) {
        if (flags == 0
                || (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) != 0
                || flags == MCL_ONFAULT) {
            return -Errno.EINVAL;
        }
        long limit = task.group().limits().soft(ResourceLimits.MEMLOCK);
        if (limit == 0) {
            return -Errno.EPERM;
        }
        if ((flags & MCL_CURRENT) != 0) {
            if (limit > 0 && task.space().use().mappedBytes() > limit) {
                return -Errno.ENOMEM;
            }
            mark(task.space(), true);
        }
        return 0;
    }

    private static long unlockAll(Task task) {
        mark(task.space(), false);
        return 0;
    }

    private static void mark(AddressSpace space, boolean locked) {
        for (Vma area : space.areas()) {
            area.locked(locked);
        }
    }
}
