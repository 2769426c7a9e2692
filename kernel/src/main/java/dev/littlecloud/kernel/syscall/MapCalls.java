package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.exec.CommonPlace;
import dev.littlecloud.kernel.fs.FileMapping;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.mm.ProgramBreak;
import dev.littlecloud.kernel.mm.Vma;
import dev.littlecloud.kernel.task.ResourceLimits;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** mmap(2), munmap(2), mprotect(2), mseal(2) and brk(2). */
final class MapCalls {
    private static final int MAP_SHARED = 0x01;
    private static final int MAP_PRIVATE = 0x02;
    private static final int MAP_SHARED_VALIDATE = 0x03;
    private static final int MAP_TYPE = 0x0f;

    /** What files have been able to do since before MAP_SHARED_VALIDATE; MAP_SYNC is newer. */
    private static final int OLD_FLAGS = 0x7C07_F9FF;

    private static final int MAP_FIXED = 0x10;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int MAP_32BIT = 0x40;
    private static final int MAP_GROWSDOWN = 0x100;
    private static final int MAP_DENYWRITE = 0x800;
    private static final int MAP_POPULATE = 0x8000;
    private static final int MAP_HUGETLB = 0x40000;
    private static final int MAP_FIXED_NOREPLACE = 0x100000;

    private static final int PROT_ALL = Vma.READ | Vma.WRITE | Vma.EXEC;
    private static final int PROT_GROWSDOWN = 0x01000000;
    private static final int PROT_GROWSUP = 0x02000000;

    private static final long USER_END = (1L << 47) - Frames.SIZE;
    private static final long IN_PAGE = Frames.SIZE - 1;

    private MapCalls() {}

    static void register(SyscallTable table) {
        table.partial(
                9,
                "mmap",
                "ptr,long,hex,hex,fd,long",
                (Handler.Call6) MapCalls::mmap,
                "MAP_HUGETLB answers ENOMEM, as without huge pages; of files EINVAL");
        table.full(10, "mprotect", "ptr,long,hex", (Handler.Call3) MapCalls::mprotect);
        table.full(462, "mseal", "ptr,long,hex", (Handler.Call3) MapCalls::seal);
        table.full(11, "munmap", "ptr,long", (Handler.Call2) MapCalls::munmap);
        table.full(12, "brk", "ptr", (Handler.Call1) MapCalls::brk);
    }

    private static long mmap(
            Task task, long hint, long bytes, long prot, long flagBits, long fd, long offset) {
        int flags = (int) flagBits;
        int protection = (int) prot & PROT_ALL;
        boolean anonymous = (flags & MAP_ANONYMOUS) != 0;
        OpenFile file = null;
        if (!anonymous) {
            file = task.files().get((int) fd);
            if (file == null || (file.flags() & OpenFlags.O_PATH) != 0) {
                return -Errno.EBADF;
            }
            if ((flags & MAP_HUGETLB) != 0) {
                return -Errno.EINVAL;
            }
        } else if ((flags & MAP_HUGETLB) != 0) {
            return -Errno.ENOMEM;
        }
        if (bytes == 0 || (offset & IN_PAGE) != 0) {
            return -Errno.EINVAL;
        }
        long length = bytes + IN_PAGE & ~IN_PAGE;
        if (bytes < 0 || length <= 0 || length > USER_END) {
            return -Errno.ENOMEM;
        }
        if (offset < 0 || offset > Long.MAX_VALUE - length) {
            return -Errno.EOVERFLOW;
        }
        int type = flags & MAP_TYPE;
        boolean shared = type == MAP_SHARED || type == MAP_SHARED_VALIDATE;
        // Which flags are valid is a question to files; mmap(2), MAP_SHARED_VALIDATE.
        boolean ofNothing = type == MAP_SHARED_VALIDATE && file == null;
        if (ofNothing || (!shared && type != MAP_PRIVATE)) {
            return -Errno.EINVAL;
        }
        if (type == MAP_SHARED_VALIDATE && (flags & ~OLD_FLAGS) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        AddressSpace space = task.space();
        if (exceedsLimit(task, length)) {
            return -Errno.ENOMEM;
        }
        if (file != null) {
            int refused = check(file, shared, protection);
            if (refused != 0) {
                return refused;
            }
        }
        PageCache pages = file == null || shared ? null : file.pageCache();
        long common = pages == null ? -1 : commonPlace(task, pages, hint, length, flags, offset);
        boolean isPlaced = common >= 0;
        long address = common;
        if (!isPlaced) {
            isPlaced = pages != null && continuesLibrary(space, pages, hint, flags, offset);
            address = place(space, hint, length, flags);
        }
        if (address < 0) {
            return address;
        }
        return map(task, file, address, length, protection, shared, flags, offset, isPlaced);
    }

    static boolean exceedsLimit(Task task, long more) {
        long limit = task.group().limits().soft(ResourceLimits.AS);
        return limit != ResourceLimits.INFINITY
                && (task.space().use().mappedBytes() + more > limit || more > limit);
    }

    /** Where a large library goes, or a negative number. */
    private static long commonPlace(
            Task task, PageCache file, long hint, long length, int flags, long offset) {
        boolean isFirst = hint == 0 && offset == 0 && (flags & (MAP_FIXED | MAP_32BIT)) == 0;
        return isFirst
                ? CommonPlace.forLibrary(task.space(), task.kernel().guestMemory(), file, length)
                : -1;
    }

    /** Whether a mapping is a segment of a library, over the mapping of all of it. */
    private static boolean continuesLibrary(
            AddressSpace space, PageCache file, long hint, int flags, long offset) {
        Vma whole = (flags & MAP_FIXED) != 0 ? space.areaAt(hint) : null;
        return whole != null
                && whole.isPlaced()
                && whole.file() == file
                && hint - whole.start() == offset - whole.fileOffset();
    }

    private static int check(OpenFile file, boolean shared, int protection) {
        if (!file.isReadable()) {
            return -Errno.EACCES;
        }
        if (shared && (protection & Vma.WRITE) != 0 && !file.isWritable()) {
            return -Errno.EACCES;
        }
        if (file.pageCache() == null) {
            return -Errno.ENODEV;
        }
        return file.refusesMapping(shared, protection);
    }

    /** Where a mapping goes: its address or {@code -errno}. */
    private static long place(AddressSpace space, long hint, long length, int flags) {
        boolean fixed = (flags & MAP_FIXED) != 0;
        boolean exactly = (flags & MAP_FIXED_NOREPLACE) != 0;
        if (!fixed && !exactly) {
            return space.findFree(hint & ~IN_PAGE, length, (flags & MAP_32BIT) != 0);
        }
        if ((hint & IN_PAGE) != 0) {
            return -Errno.EINVAL;
        }
        if (hint < 0 || hint > USER_END - length) {
            return -Errno.ENOMEM;
        }
        if (hint < 0x10000) {
            return -Errno.EPERM;
        }
        if (exactly && !space.isFree(hint, hint + length)) {
            return -Errno.EEXIST;
        }
        if (space.isSealed(hint, hint + length)) {
            return -Errno.EPERM;
        }
        int unmapped = space.changes().unmap(hint, hint + length);
        return unmapped != 0 ? unmapped : hint;
    }

    private static long map(
            Task task,
            @Nullable OpenFile file,
            long address,
            long length,
            int protection,
            boolean shared,
            int flags,
            long offset,
            boolean isPlaced) {
        AddressSpace space = task.space();
        PageCache pages = null;
        FileMapping source = null;
        boolean anonymousShared = file == null && shared;
        if (file != null) {
            pages = file.pageCache();
            source = FileMapping.of(file);
        } else if (anonymousShared) {
            Inode memory = task.kernel().files().anonymousFile("/dev/zero (deleted)", length);
            pages = memory.pageCache();
            source = new FileMapping(null, memory, "/dev/zero (deleted)");
        }
        boolean zeroDevice = file != null && pages == null;
        if (zeroDevice) {
            return -Errno.ENODEV;
        }
        Vma area =
                space.map(address, length, protection, shared, pages, offset >> Frames.SHIFT, "");
        if (area == null) {
            return -Errno.ENOMEM;
        }
        area.placed(isPlaced);
        if (source != null) {
            area.source(source);
        }
        if (file != null && shared) {
            area.mayWrite(file.isWritable());
        }
        if ((flags & MAP_GROWSDOWN) != 0 && pages == null) {
            area.growsDown(true);
        }
        if ((flags & MAP_POPULATE) != 0 && protection != 0) {
            boolean write = !shared && (protection & Vma.WRITE) != 0;
            // Nobody can tell whether there was memory for more.
            space.populate(address, address + Math.min(length, AdviceCalls.MOST_POPULATED), write);
        } else {
            boolean isFixed = (flags & MAP_FIXED) != 0;
            space.anticipation().mapped(area, isFixed, (flags & MAP_DENYWRITE) != 0);
        }
        space.merge(address);
        return address;
    }

    private static long munmap(Task task, long address, long bytes) {
        long length = bytes + IN_PAGE & ~IN_PAGE;
        if ((address & IN_PAGE) != 0
                || bytes <= 0
                || length <= 0
                || address < 0
                || length > USER_END
                || address > USER_END - length) {
            return -Errno.EINVAL;
        }
        return task.space().isSealed(address, address + length)
                ? -Errno.EPERM
                : task.space().changes().unmap(address, address + length);
    }

    /** A heap that is sealed does not shrink. */
    private static long brk(Task task, long wanted) {
        AddressSpace space = task.space();
        ProgramBreak heap = space.programBreak();
        boolean shrinks = wanted >= heap.start() && wanted < heap.end();
        return shrinks && space.isSealed(wanted, heap.end()) ? heap.end() : heap.move(wanted);
    }

    private static long seal(Task task, long address, long bytes, long flags) {
        long length = bytes + IN_PAGE & ~IN_PAGE;
        if (flags != 0
                || (address & IN_PAGE) != 0
                || bytes < 0
                || length < 0
                || address < 0
                || address > (1L << 47) - length) {
            return -Errno.EINVAL;
        }
        if (length == 0) {
            return 0;
        }
        AddressSpace space = task.space();
        return space.isFullyMapped(address, address + length)
                ? space.changes().forEachArea(address, address + length, Vma::seal)
                : -Errno.ENOMEM;
    }

    static long mprotect(Task task, long address, long bytes, long prot) {
        int protection = (int) prot;
        if ((address & IN_PAGE) != 0
                || (protection & ~(PROT_ALL | PROT_GROWSDOWN | PROT_GROWSUP | 8)) != 0) {
            return -Errno.EINVAL;
        }
        if (bytes == 0) {
            return 0;
        }
        long length = bytes + IN_PAGE & ~IN_PAGE;
        if (bytes < 0 || length <= 0 || address < 0 || address > (1L << 47) - length) {
            return -Errno.ENOMEM;
        }
        if (task.space().isSealed(address, address + length)) {
            return -Errno.EPERM;
        }
        long start = address;
        if ((protection & PROT_GROWSDOWN) != 0) {
            Vma area = task.space().areaAt(address);
            if (area == null || !area.isGrowingDown()) {
                return -Errno.EINVAL;
            }
            start = area.start();
        }
        return task.space().changes().protect(start, address + length, protection & PROT_ALL);
    }
}
