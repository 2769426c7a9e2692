package dev.littlecloud.kernel.ipc.sysv;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;

/** A segment of shared memory; shmget(2). It goes with its last mapping once it was removed. */
public final class SharedSegment extends IpcObject {
    /** SHM_DEST: it was removed and is still mapped. */
    private static final int DESTROYED = 01000;

    private static final int LOCKED = 02000;

    /** What {@link Inode#blocks} counts in. */
    private static final int BLOCK_BYTES = 512;

    /** Bytes of {@code struct shmid64_ds}. */
    public static final int BYTES = 112;

    /** The segment's memory. Each mapping counts, as IPC_STAT tells. */
    public final class Pages extends PageCache {
        private final PageCache memory;

        Pages(PageCache memory) {
            this.memory = memory;
        }

        public SharedSegment segment() {
            return SharedSegment.this;
        }

        @Override
        public long size() {
            return memory.size();
        }

        @Override
        public long pageForRead(long index) {
            return memory.pageForRead(index);
        }

        @Override
        public long pageForWrite(long index) {
            return memory.pageForWrite(index);
        }

        @Override
        public boolean isPageWritable(long index) {
            return memory.isPageWritable(index);
        }

        @Override
        public boolean isResident(long index) {
            return memory.isResident(index);
        }

        @Override
        public int punchHole(long offset, long length) {
            long first = offset >>> Frames.SHIFT;
            long pages = (length >>> Frames.SHIFT) + 1;
            invalidate(first, pages, true);
            return memory.punchHole(offset, length);
        }

        @Override
        public void retain() {
            memory.retain();
            mappings++;
        }

        @Override
        public void release() {
            mappings--;
            detachedAt = now();
            memory.release();
            if (mappings == 0 && isDestroyed) {
                destroy();
            }
        }
    }

    private final Kernel kernel;
    private final long size;
    private final Pages pages;
    private final PageCache memory;
    private final Inode inode;
    private final int creatorPid;
    private int mappings;
    private int lastPid;
    private long attachedAt;
    private long detachedAt;
    private boolean isDestroyed;
    private boolean isLocked;

    /**
     * @param inode where the memory is
     * @param memory its pages, at least {@code size} bytes
     */
    public SharedSegment(
            Task creator, int key, long flags, long size, Inode inode, PageCache memory) {
        super(creator, key, flags);
        this.kernel = creator.kernel();
        this.size = size;
        this.inode = inode;
        this.memory = memory;
        this.pages = new Pages(memory);
        this.creatorPid = creator.group().pid();
        memory.retain();
    }

    private long now() {
        return kernel.clock().realtimeNanos() / 1_000_000_000L;
    }

    /** Size asked for, in bytes. */
    public long size() {
        return size;
    }

    /** Pages that are in memory. */
    public long residentPages() {
        return inode.blocks() * BLOCK_BYTES >> Frames.SHIFT;
    }

    public Pages pages() {
        return pages;
    }

    /** A process maps or unmaps it by itself. */
    public void attached(Task task) {
        lastPid = task.group().pid();
        attachedAt = now();
    }

    public void detached(Task task) {
        lastPid = task.group().pid();
    }

    public void locked(boolean is) {
        isLocked = is;
    }

    /** IPC_RMID: nobody finds it by its key any more. */
    public void markDestroyed() {
        isDestroyed = true;
        forgetKey();
        if (mappings == 0) {
            destroy();
        }
    }

    private void destroy() {
        if (!isRemoved()) {
            kernel.systemV().segments().remove(this);
            memory.release();
        }
    }

    @Override
    int modeFlags() {
        return (isDestroyed ? DESTROYED : 0) | (isLocked ? LOCKED : 0);
    }

    @Override
    public String describe() {
        return describeIdentity()
                + " %21d %5d %5d  %5d".formatted(size, creatorPid, lastPid, mappings)
                + describeOwners()
                + " %10d %10d %10d".formatted(attachedAt, detachedAt, changedAt())
                + " %21d %21d%n".formatted(residentPages() << Frames.SHIFT, 0);
    }

    /** Writes {@code struct shmid64_ds}. */
    public void write(UserMemory to, long address) {
        to.writeZeros(address, BYTES);
        writePermissions(to, address);
        to.writeLong(address + 48, size);
        to.writeLong(address + 56, attachedAt);
        to.writeLong(address + 64, detachedAt);
        to.writeLong(address + 72, changedAt());
        to.writeInt(address + 80, creatorPid);
        to.writeInt(address + 84, lastPid);
        to.writeLong(address + 88, mappings);
    }
}
