package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.ipc.sysv.IpcObject;
import dev.littlecloud.kernel.ipc.sysv.IpcTable;
import dev.littlecloud.kernel.ipc.sysv.SharedSegment;
import dev.littlecloud.kernel.ipc.sysv.SystemV;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.NamedMapping;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.mm.Vma;
import dev.littlecloud.kernel.task.Task;
import java.util.List;

/** System V shared memory. */
final class ShmCalls {
    /** The device that Linux shows for System V shared memory, 00:01. */
    private static final long SHARED_MEMORY_DEVICE = 1;

    private static final int HUGETLB = 04000;
    private static final int RDONLY = 010000;
    private static final int RND = 020000;
    private static final int REMAP = 040000;
    private static final int EXEC = 0100000;

    private static final int SHM_LOCK = 11;
    private static final int SHM_UNLOCK = 12;
    private static final int SHM_STAT = 13;
    private static final int SHM_INFO = 14;
    private static final int SHM_STAT_ANY = 15;

    private ShmCalls() {}

    static void register(SyscallTable table) {
        table.partial(
                29,
                "shmget",
                "int,long,oct",
                (Handler.Call3) ShmCalls::shmget,
                "no huge pages (SHM_HUGETLB: EPERM)");
        table.full(30, "shmat", "int,ptr,oct", (Handler.Call3) ShmCalls::shmat);
        table.full(31, "shmctl", "int,int,ptr", (Handler.Call3) ShmCalls::shmctl);
        table.full(67, "shmdt", "ptr", (Handler.Call1) ShmCalls::shmdt);
    }

    private static long shmget(Task task, long keyWanted, long size, long flags) {
        IpcTable<SharedSegment> segments = task.kernel().systemV().segments();
        int key = (int) keyWanted;
        SharedSegment found = segments.byKey(key);
        if (found != null) {
            if ((flags & IpcCommands.CREATE_NEW) == IpcCommands.CREATE_NEW) {
                return -Errno.EEXIST;
            }
            if (!found.allows(task, (int) flags)) {
                return -Errno.EACCES;
            }
            return Long.compareUnsigned(size, found.size()) > 0 ? -Errno.EINVAL : found.id();
        }
        if (key != IpcObject.IPC_PRIVATE && (flags & IpcCommands.IPC_CREAT) == 0) {
            return -Errno.ENOENT;
        }
        if (size == 0 || Long.compareUnsigned(size, SystemV.SHMMAX) > 0) {
            return -Errno.EINVAL;
        }
        if ((flags & HUGETLB) != 0) {
            return -Errno.EPERM;
        }
        if (segments.isFull() || size < 0 || size > 1L << 46) {
            return -Errno.ENOSPC;
        }
        long bytes = (size + Frames.SIZE - 1) & -Frames.SIZE;
        Inode inode = task.kernel().files().anonymousFile("SYSV%08x".formatted(key), bytes);
        PageCache memory = inode.pageCache();
        if (memory == null) {
            return -Errno.ENOMEM;
        }
        return segments.add(new SharedSegment(task, key, flags, size, inode, memory));
    }

    private static long shmat(Task task, long id, long address, long flags) {
        IpcTable<SharedSegment> segments = task.kernel().systemV().segments();
        SharedSegment segment = segments.byId(id);
        if (segment == null) {
            return segments.whyMissing(id);
        }
        long start = address;
        if (start != 0 && (start & (Frames.SIZE - 1)) != 0) {
            if ((flags & RND) == 0) {
                return -Errno.EINVAL;
            }
            start &= -Frames.SIZE;
        }
        if (start == 0 && (flags & REMAP) != 0) {
            return -Errno.EINVAL;
        }
        boolean writes = (flags & RDONLY) == 0;
        boolean executes = (flags & EXEC) != 0;
        int access = IpcObject.READ | (writes ? IpcObject.WRITE : 0);
        if (!segment.allows(task, access | (executes ? 0111 : 0))) {
            return -Errno.EACCES;
        }
        long length = segment.pages().size();
        AddressSpace space = task.space();
        if (start == 0) {
            start = space.findFree(0, length, false);
            if (start < 0) {
                return start;
            }
        } else {
            long problem = makeRoom(space, start, length, (flags & REMAP) != 0);
            if (problem != 0) {
                return problem;
            }
        }
        int protection = Vma.READ | (writes ? Vma.WRITE : 0) | (executes ? Vma.EXEC : 0);
        String name = "/SYSV%08x (deleted)".formatted(segment.key());
        Vma area = space.map(start, length, protection, true, segment.pages(), 0, "");
        if (area == null) {
            return -Errno.ENOMEM;
        }
        area.mayWrite(writes);
        area.source(new NamedMapping(name, SHARED_MEMORY_DEVICE, segment.id()));
        segment.attached(task);
        return start;
    }

    private static long makeRoom(AddressSpace space, long start, long length, boolean remaps) {
        long end = start + length;
        if (start < 0 || end < start || end > 1L << 47) {
            return -Errno.EINVAL;
        }
        if (remaps) {
            return space.changes().unmap(start, end);
        }
        return space.isFree(start, end) ? 0 : -Errno.EINVAL;
    }

    private static long shmdt(Task task, long address) {
        AddressSpace space = task.space();
        SharedSegment found = null;
        for (Vma area : List.copyOf(space.areas())) {
            if (area.start() < address
                    || !(area.file() instanceof SharedSegment.Pages pages)
                    || area.start() - area.fileOffset() != address) {
                continue;
            }
            if (found == null || found == pages.segment()) {
                found = pages.segment();
                int result = space.changes().unmap(area.start(), area.end());
                if (result != 0) {
                    return result;
                }
            }
        }
        if (found == null) {
            return -Errno.EINVAL;
        }
        found.detached(task);
        return 0;
    }

    private static long shmctl(Task task, long id, long command, long address) {
        IpcTable<SharedSegment> segments = task.kernel().systemV().segments();
        if ((int) id < 0 || command < 0) {
            return -Errno.EINVAL;
        }
        UserMemory memory = task.memory();
        switch ((int) command) {
            case IpcCommands.IPC_INFO -> {
                return writeLimits(memory, address, segments);
            }
            case SHM_INFO -> {
                return writeUse(memory, address, segments);
            }
            default -> {}
        }
        boolean bySlot = command == SHM_STAT || command == SHM_STAT_ANY;
        SharedSegment segment = bySlot ? segments.inSlot(id) : segments.byId(id);
        if (segment == null) {
            return bySlot ? -Errno.EINVAL : segments.whyMissing(id);
        }
        return switch ((int) command) {
            case IpcCommands.IPC_STAT, SHM_STAT, SHM_STAT_ANY -> {
                if (command != SHM_STAT_ANY && !segment.allows(task, IpcObject.READ)) {
                    yield -Errno.EACCES;
                }
                segment.write(memory, address);
                yield bySlot ? segment.id() : 0;
            }
            case IpcCommands.IPC_SET -> {
                if (!segment.isOwnedBy(task)) {
                    yield -Errno.EPERM;
                }
                segment.setPermissions(task, address);
                yield 0;
            }
            case IpcCommands.IPC_RMID -> {
                if (!segment.isOwnedBy(task)) {
                    yield -Errno.EPERM;
                }
                segment.markDestroyed();
                yield 0;
            }
            case SHM_LOCK, SHM_UNLOCK -> {
                if (!segment.isOwnedBy(task)) {
                    yield -Errno.EPERM;
                }
                segment.locked(command == SHM_LOCK);
                yield 0;
            }
            default -> -Errno.EINVAL;
        };
    }

    /** {@code struct shminfo64}. */
    private static long writeLimits(
            UserMemory memory, long address, IpcTable<SharedSegment> segments) {
        memory.writeZeros(address, 72);
        memory.writeLong(address, SystemV.SHMMAX);
        memory.writeLong(address + 8, 1);
        memory.writeLong(address + 16, SystemV.SHMMNI);
        memory.writeLong(address + 24, SystemV.SHMMNI);
        memory.writeLong(address + 32, SystemV.SHMMAX);
        return segments.highestSlot();
    }

    /** {@code struct shm_info}. */
    private static long writeUse(
            UserMemory memory, long address, IpcTable<SharedSegment> segments) {
        long total = 0;
        long resident = 0;
        for (SharedSegment segment : segments.all()) {
            total += segment.pages().size() >> Frames.SHIFT;
            resident += segment.residentPages();
        }
        memory.writeZeros(address, 48);
        memory.writeInt(address, segments.count());
        memory.writeLong(address + 8, total);
        memory.writeLong(address + 16, resident);
        return segments.highestSlot();
    }
}
