package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.fs.DeviceNumber;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.PageCounts;
import dev.littlecloud.kernel.mm.Vma;
import dev.littlecloud.kernel.task.Task;

/** /proc/PID/maps, smaps and smaps_rollup. */
final class MemoryMaps {
    /** Column in which names begin. */
    private static final int NAME_COLUMN = 73;

    private MemoryMaps() {}

    static String maps(Target target, Task reader) {
        AddressSpace space = target.space();
        StringBuilder text = new StringBuilder();
        if (space != null) {
            for (Vma area : space.areas()) {
                line(text, area);
            }
        }
        return text.toString();
    }

    static String smaps(Target target, Task reader) {
        AddressSpace space = target.space();
        StringBuilder text = new StringBuilder();
        if (space != null) {
            for (Vma area : space.areas()) {
                line(text, area);
                PageCounts pages = space.use().countPages(area);
                long size = area.end() - area.start();
                amount(text, "Size", size >> 10);
                amount(text, "KernelPageSize", 4);
                amount(text, "MMUPageSize", 4);
                amounts(text, pages, false, area.isLocked() ? pages.resident() : 0);
                text.append("THPeligible:           0\nVmFlags:").append(flags(area)).append('\n');
            }
        }
        return text.toString();
    }

    static String rollup(Target target, Task reader) {
        AddressSpace space = target.space();
        StringBuilder text = new StringBuilder();
        if (space == null || space.areas().isEmpty()) {
            return "";
        }
        PageCounts sum = PageCounts.NONE;
        long locked = 0;
        for (Vma area : space.areas()) {
            PageCounts pages = space.use().countPages(area);
            sum = sum.plus(pages);
            locked += area.isLocked() ? pages.resident() : 0;
        }
        long start = space.areas().getFirst().start();
        long end = space.areas().getLast().end();
        header(text, start, end, "---p", 0, 0, 0);
        named(text, 0, "[rollup]");
        amounts(text, sum, true, locked);
        return text.toString();
    }

    private static void line(StringBuilder text, Vma area) {
        int protection = area.protection();
        String permissions =
                ((protection & Vma.READ) != 0 ? "r" : "-")
                        + ((protection & Vma.WRITE) != 0 ? "w" : "-")
                        + ((protection & Vma.EXEC) != 0 ? "x" : "-")
                        + (area.isShared() ? "s" : "p");
        int start = text.length();
        boolean file = area.file() != null;
        header(
                text,
                area.start(),
                area.end(),
                permissions,
                file ? area.fileOffset() : 0,
                area.device(),
                area.inode());
        if (area.name().isEmpty()) {
            text.append('\n');
        } else {
            named(text, start, Escapes.path(area.name()));
        }
    }

    private static void header(
            StringBuilder text,
            long start,
            long end,
            String permissions,
            long offset,
            long device,
            long inode) {
        hex(text, start, 8).append('-');
        hex(text, end, 8).append(' ').append(permissions).append(' ');
        hex(text, offset, 8).append(' ');
        hex(text, DeviceNumber.major(device), 2).append(':');
        hex(text, DeviceNumber.minor(device), 2).append(' ').append(inode).append(' ');
    }

    private static void named(StringBuilder text, int lineStart, String name) {
        while (text.length() - lineStart < NAME_COLUMN) {
            text.append(' ');
        }
        text.append(name).append('\n');
    }

    private static StringBuilder hex(StringBuilder text, long value, int width) {
        String digits = Long.toHexString(value);
        return text.repeat('0', Math.max(0, width - digits.length())).append(digits);
    }

    private static void amounts(
            StringBuilder text, PageCounts pages, boolean rollup, long lockedPages) {
        long shared = pages.shared();
        long privatePages = pages.resident() - shared;
        long dirtyPrivate = pages.dirty() - pages.sharedDirty();
        amount(text, "Rss", pages.resident() * 4);
        amount(text, "Pss", pages.proportionalBytes() >> 10);
        amount(text, "Pss_Dirty", dirtyPrivate * 4);
        if (rollup) {
            amount(text, "Pss_Anon", pages.anonymous() * 4);
            amount(
                    text,
                    "Pss_File",
                    Math.max(0, (pages.proportionalBytes() >> 10) - pages.anonymous() * 4));
            amount(text, "Pss_Shmem", 0);
        }
        amount(text, "Shared_Clean", (shared - pages.sharedDirty()) * 4);
        amount(text, "Shared_Dirty", pages.sharedDirty() * 4);
        amount(text, "Private_Clean", (privatePages - dirtyPrivate) * 4);
        amount(text, "Private_Dirty", dirtyPrivate * 4);
        amount(text, "Referenced", pages.referenced() * 4);
        amount(text, "Anonymous", pages.anonymous() * 4);
        for (String none : NEVER) {
            amount(text, none, 0);
        }
        amount(text, "Locked", lockedPages * 4);
    }

    /** Kinds of memory that an instance does not have. */
    private static final String[] NEVER = {
        "LazyFree",
        "AnonHugePages",
        "ShmemPmdMapped",
        "FilePmdMapped",
        "Shared_Hugetlb",
        "Private_Hugetlb",
        "Swap",
        "SwapPss",
    };

    private static void amount(StringBuilder text, String name, long kilobytes) {
        text.append(name).append(':');
        String number = String.valueOf(kilobytes);
        text.repeat(' ', Math.max(1, 23 - name.length() - number.length()));
        text.append(number).append(" kB\n");
    }

    private static String flags(Vma area) {
        int protection = area.protection();
        StringBuilder flags = new StringBuilder();
        flags.append((protection & Vma.READ) != 0 ? " rd" : "");
        flags.append((protection & Vma.WRITE) != 0 ? " wr" : "");
        flags.append((protection & Vma.EXEC) != 0 ? " ex" : "");
        flags.append(area.isShared() ? " sh" : "");
        flags.append(" mr mw me");
        flags.append(area.isShared() ? " ms" : "");
        flags.append(area.isGrowingDown() ? " gd" : "");
        flags.append(area.isLocked() ? " lo" : "");
        flags.append(area.isDontFork() ? " dc" : "");
        flags.append(area.isWipeOnFork() ? " wf" : "");
        flags.append(area.file() == null ? " ac" : "");
        return flags + " ";
    }
}
