package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.FaultResult;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.mm.Vma;
import dev.littlecloud.kernel.task.Task;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** madvise(2), mincore(2), msync(2). */
final class AdviceCalls {
    private static final int MADV_NORMAL = 0;
    private static final int MADV_RANDOM = 1;
    private static final int MADV_SEQUENTIAL = 2;
    private static final int MADV_WILLNEED = 3;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_FREE = 8;
    private static final int MADV_REMOVE = 9;
    private static final int MADV_DONTFORK = 10;
    private static final int MADV_DOFORK = 11;
    private static final int MADV_MERGEABLE = 12;
    private static final int MADV_UNMERGEABLE = 13;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_NOHUGEPAGE = 15;
    private static final int MADV_DONTDUMP = 16;
    private static final int MADV_DODUMP = 17;
    private static final int MADV_WIPEONFORK = 18;
    private static final int MADV_KEEPONFORK = 19;
    private static final int MADV_COLD = 20;
    private static final int MADV_PAGEOUT = 21;
    private static final int MADV_POPULATE_READ = 22;
    private static final int MADV_POPULATE_WRITE = 23;
    private static final int MADV_DONTNEED_LOCKED = 24;

    private static final int MS_ASYNC = 1;
    private static final int MS_INVALIDATE = 2;
    private static final int MS_SYNC = 4;

    /** How much of its answer mincore(2) gathers before it writes it. */
    private static final int ANSWER_BYTES = 4096;

    private static final long IN_PAGE = Frames.SIZE - 1;

    /** How large a range mincore(2) looks at before it lets others run. */
    private static final long MOST_EXAMINED = 1L << 34;

    /** How large a range is populated before others run. */
    static final long MOST_POPULATED = 16 << 20;

    private AdviceCalls() {}

    static void register(SyscallTable table) {
        table.partial(
                28,
                "madvise",
                "ptr,long,int",
                (Handler.Call3) AdviceCalls::madvise,
                "hints about caching have no effect; MADV_FREE frees at once");
        table.full(27, "mincore", "ptr,long,ptr", (Handler.Call3) AdviceCalls::mincore);
        table.full(26, "msync", "ptr,long,hex", (Handler.Call3) AdviceCalls::msync);
    }

    static long madvise(Task task, long address, long bytes, long advice) {
        long length = bytes + IN_PAGE & ~IN_PAGE;
        if ((address & IN_PAGE) != 0
                || bytes < 0
                || length < 0
                || address < 0
                || address > (1L << 47) - length) {
            return -Errno.EINVAL;
        }
        AddressSpace space = task.space();
        long end = address + length;
        switch ((int) advice) {
            case MADV_NORMAL,
                    MADV_RANDOM,
                    MADV_SEQUENTIAL,
                    MADV_WILLNEED,
                    MADV_HUGEPAGE,
                    MADV_NOHUGEPAGE,
                    MADV_MERGEABLE,
                    MADV_UNMERGEABLE,
                    MADV_DONTDUMP,
                    MADV_DODUMP,
                    MADV_COLD,
                    MADV_PAGEOUT -> {
                return mapped(space, address, end);
            }
            case MADV_DONTNEED, MADV_DONTNEED_LOCKED, MADV_FREE -> {
                return drop(space, address, end, (int) advice);
            }
            case MADV_REMOVE -> {
                return remove(space, address, end);
            }
            case MADV_DONTFORK -> {
                return space.changes().forEachArea(address, end, area -> area.dontFork(true));
            }
            case MADV_DOFORK -> {
                return space.changes().forEachArea(address, end, area -> area.dontFork(false));
            }
            case MADV_WIPEONFORK -> {
                return allAnonymous(space, address, end)
                        ? space.changes().forEachArea(address, end, area -> area.wipeOnFork(true))
                        : -Errno.EINVAL;
            }
            case MADV_KEEPONFORK -> {
                return space.changes().forEachArea(address, end, area -> area.wipeOnFork(false));
            }
            case MADV_POPULATE_READ, MADV_POPULATE_WRITE -> {
                return populate(task, address, end, advice == MADV_POPULATE_WRITE);
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
    }

    private static long mapped(AddressSpace space, long start, long end) {
        return start == end || space.isFullyMapped(start, end) ? 0 : -Errno.ENOMEM;
    }

    private static long drop(AddressSpace space, long start, long end, int advice) {
        for (Vma area : areas(space, start, end)) {
            // What a program could not write it may not drop either; mseal(2).
            if (area.isSealed() && !area.isShared() && (area.protection() & Vma.WRITE) == 0) {
                return -Errno.EPERM;
            }
            if (area.isLocked() && advice != MADV_DONTNEED_LOCKED) {
                return -Errno.EINVAL;
            }
            if (advice == MADV_FREE && area.file() != null) {
                return -Errno.EINVAL;
            }
        }
        space.changes().discard(start, end);
        return mapped(space, start, end);
    }

    /** Punches a hole into the shared file behind; madvise(2). */
    private static long remove(AddressSpace space, long start, long end) {
        for (Vma area : areas(space, start, end)) {
            PageCache file = area.file();
            if (!area.isShared() || file == null || (area.protection() & Vma.WRITE) == 0) {
                return -Errno.EINVAL;
            }
            long from = Math.max(start, area.start());
            long to = Math.min(end, area.end());
            int punched = file.punchHole(area.fileOffset() + from - area.start(), to - from);
            if (punched != 0) {
                return punched;
            }
        }
        return mapped(space, start, end);
    }

    private static boolean allAnonymous(AddressSpace space, long start, long end) {
        return areas(space, start, end).stream()
                .allMatch(area -> area.file() == null && !area.isShared());
    }

    private static List<Vma> areas(AddressSpace space, long start, long end) {
        List<Vma> found = new ArrayList<>();
        for (Vma area : space.areas()) {
            if (area.start() < end && area.end() > start) {
                found.add(area);
            }
        }
        return found;
    }

    private static long populate(Task task, long start, long end, boolean write) {
        long from = start + task.progress();
        long to = Math.min(end, from + MOST_POPULATED);
        FaultResult result = task.space().populate(from, to, write);
        if (result == FaultResult.RESOLVED && to < end) {
            return task.yield(to - start);
        }
        return switch (result) {
            case RESOLVED -> 0;
            case NOT_MAPPED, OUT_OF_MEMORY -> -Errno.ENOMEM;
            case NOT_ALLOWED -> -Errno.EINVAL;
            case BEYOND_FILE -> -Errno.EFAULT;
        };
    }

    private static long mincore(Task task, long address, long bytes, long vector) {
        long length = bytes + IN_PAGE & ~IN_PAGE;
        if ((address & IN_PAGE) != 0) {
            return -Errno.EINVAL;
        }
        if (bytes < 0
                || length < 0
                || address < 0
                || address > (1L << 47) - length
                || !space(task).isFullyMapped(address, address + length)) {
            return -Errno.ENOMEM;
        }
        byte[] resident = new byte[(int) Math.min(ANSWER_BYTES, length >> Frames.SHIFT)];
        MemorySegment answer = MemorySegment.ofArray(resident);
        long end = address + length;
        long pause = address + task.progress() + MOST_EXAMINED;
        for (long start = address + task.progress(); start < end; ) {
            if (start >= pause) {
                return task.yield(start - address);
            }
            long pages = Math.min(resident.length, (end - start) >> Frames.SHIFT);
            long stop = start + (pages << Frames.SHIFT);
            Arrays.fill(resident, (byte) 0);
            for (long page = space(task).nextResident(start, stop);
                    page >= 0;
                    page = space(task).nextResident(page + Frames.SIZE, stop)) {
                resident[(int) ((page - start) >> Frames.SHIFT)] = 1;
            }
            task.memory().write(vector + ((start - address) >> Frames.SHIFT), answer, 0, pages);
            start = stop;
        }
        return 0;
    }

    private static AddressSpace space(Task task) {
        return task.space();
    }

    private static long msync(Task task, long address, long bytes, long flags) {
        long length = bytes + IN_PAGE & ~IN_PAGE;
        int how = (int) flags;
        if ((address & IN_PAGE) != 0
                || (how & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) != 0
                || (how & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC)) {
            return -Errno.EINVAL;
        }
        if (bytes < 0 || length < 0 || address < 0 || address > (1L << 47) - length) {
            return -Errno.ENOMEM;
        }
        if ((how & MS_SYNC) != 0) {
            for (Vma area : areas(task.space(), address, address + length)) {
                PageCache file = area.file();
                if (file != null && area.isShared()) {
                    file.flush();
                }
            }
        }
        return mapped(task.space(), address, address + length);
    }
}
