package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.mm.Vma;
import dev.littlecloud.kernel.task.Task;

/** mremap(2) and remap_file_pages(2). */
final class RemapCalls {
    private static final int MREMAP_MAYMOVE = 1;
    private static final int MREMAP_FIXED = 2;
    private static final int MREMAP_DONTUNMAP = 4;

    private static final long USER_END = (1L << 47) - Frames.SIZE;
    private static final long IN_PAGE = Frames.SIZE - 1;

    private RemapCalls() {}

    static void register(SyscallTable table) {
        table.full(25, "mremap", "ptr,long,long,hex,ptr", (Handler.Call5) RemapCalls::mremap);
        table.full(
                216,
                "remap_file_pages",
                "ptr,long,hex,long,hex",
                (Handler.Call5) RemapCalls::remapFilePages);
    }

    /** Maps other pages of a shared file over its mapping; remap_file_pages(2). */
    private static long remapFilePages(
            Task task, long address, long bytes, long prot, long page, long flags) {
        long start = address & ~IN_PAGE;
        long length = bytes & ~IN_PAGE;
        if (prot != 0
                || start < 0
                || length <= 0
                || start > USER_END - length
                || page < 0
                || page > (Long.MAX_VALUE - length) >> Frames.SHIFT) {
            return -Errno.EINVAL;
        }
        AddressSpace space = task.space();
        Vma area = space.areaAt(start);
        PageCache file = area == null ? null : area.file();
        if (area == null
                || file == null
                || !area.isShared()
                || !space.isFullyMapped(start, start + length)) {
            return -Errno.EINVAL;
        }
        for (Vma other : space.areas()) {
            boolean within = other.start() < start + length && other.end() > start;
            if (within && (other.file() != file || !other.isShared())) {
                return -Errno.EINVAL;
            }
        }
        if (space.isSealed(start, start + length)) {
            return -Errno.EPERM;
        }
        return space.changes().remap(area, file, start, start + length, page);
    }

    private static long mremap(
            Task task, long address, long oldBytes, long newBytes, long flagBits, long target) {
        int flags = (int) flagBits;
        long oldLength = oldBytes + IN_PAGE & ~IN_PAGE;
        long newLength = newBytes + IN_PAGE & ~IN_PAGE;
        boolean fixed = (flags & MREMAP_FIXED) != 0;
        boolean keeps = (flags & MREMAP_DONTUNMAP) != 0;
        if ((flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)) != 0
                || (keeps && ((flags & MREMAP_MAYMOVE) == 0 || oldLength != newLength))
                || (fixed && (flags & MREMAP_MAYMOVE) == 0)
                || (address & IN_PAGE) != 0
                || newLength <= 0
                || newLength > USER_END
                || oldBytes < 0
                || oldLength < 0
                || oldLength > USER_END) {
            return -Errno.EINVAL;
        }
        AddressSpace space = task.space();
        Vma area = space.areaAt(address);
        if (area == null) {
            return -Errno.EFAULT;
        }
        // No old length asks for a second mapping of the same shared pages.
        if (oldLength == 0 && (!area.isShared() || (flags & MREMAP_MAYMOVE) == 0)) {
            return -Errno.EINVAL;
        }
        if (address + oldLength > area.end()) {
            return -Errno.EFAULT;
        }
        if (space.isSealed(address, address + Math.max(oldLength, 1))) {
            return -Errno.EPERM;
        }
        if (newLength > oldLength && MapCalls.exceedsLimit(task, newLength - oldLength)) {
            return -Errno.ENOMEM;
        }
        if (fixed) {
            return moveTo(space, area, address, oldLength, newLength, target, keeps);
        }
        if (newLength <= oldLength && !keeps) {
            int unmapped = space.changes().unmap(address + newLength, address + oldLength);
            return unmapped != 0 && newLength < oldLength ? unmapped : address;
        }
        long end = address + oldLength;
        if (!keeps
                && oldLength > 0
                && end == area.end()
                && address + newLength <= USER_END
                && space.isFree(end, address + newLength)) {
            space.changes().extend(area, address + newLength);
            space.merge(area.start());
            return address;
        }
        if ((flags & MREMAP_MAYMOVE) == 0) {
            return -Errno.ENOMEM;
        }
        if (keeps && (target & IN_PAGE) != 0) {
            return -Errno.EINVAL;
        }
        long place = space.findFree(keeps ? target : 0, newLength, false);
        return place < 0
                ? place
                : relocate(space, area, address, oldLength, place, newLength, keeps);
    }

    private static long moveTo(
            AddressSpace space,
            Vma area,
            long address,
            long oldLength,
            long newLength,
            long target,
            boolean keeps) {
        boolean overlaps = target < address + oldLength && address < target + newLength;
        if ((target & IN_PAGE) != 0 || target < 0 || target > USER_END - newLength || overlaps) {
            return -Errno.EINVAL;
        }
        if (target < 0x10000) {
            return -Errno.EPERM;
        }
        if (space.isSealed(target, target + newLength)) {
            return -Errno.EPERM;
        }
        int unmapped = space.changes().unmap(target, target + newLength);
        return unmapped != 0
                ? unmapped
                : relocate(space, area, address, oldLength, target, newLength, keeps);
    }

    /**
     * Moves pages to a free range.
     *
     * @param keeps whether the old range stays mapped, without its pages
     */
    private static long relocate(
            AddressSpace space,
            Vma area,
            long from,
            long oldLength,
            long to,
            long newLength,
            boolean keeps) {
        if (space.changes().move(area, from, to, oldLength, newLength) == null) {
            return -Errno.ENOMEM;
        }
        if (keeps) {
            space.changes().forEachArea(from, from + oldLength, old -> old.locked(false));
            return to;
        }
        int unmapped = space.changes().unmap(from, from + oldLength);
        return unmapped != 0 ? unmapped : to;
    }
}
