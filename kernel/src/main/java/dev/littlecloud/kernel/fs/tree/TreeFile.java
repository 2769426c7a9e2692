package dev.littlecloud.kernel.fs.tree;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.ExtendedAttributes;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.io.KernelIo;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.KnownLookups;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.task.Task;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A regular file. Each of its pages is in a RAM frame, or as the lower file has it, or a hole. A
 * page of the lower file that is written moves into a frame; the rest stays where it is.
 */
public final class TreeFile extends Inode implements KnownLookups.Place {
    /** Most bytes a file can have (8 TiB). */
    public static final long MAX_SIZE = 1L << 43;

    private final TreeFs fileSystem;
    private final FrameMap frames = new FrameMap();
    private final @Nullable LowerNode lower;
    private final long blobOffset;

    /** Pages below this are as the lower file has them, unless {@link #frames} knows better. */
    private long lowerPages;

    private long size;
    private @Nullable TreePages pages;
    private @Nullable TreeAttributes attributes;
    private boolean charged;
    private @Nullable FileSeals seals;

    /** A new empty file; the caller has charged it. */
    TreeFile(TreeFs fileSystem, int mode, int uid, int gid) {
        super(fileSystem.nextNumber(), mode, uid, gid);
        this.fileSystem = fileSystem;
        this.lower = null;
        this.blobOffset = 0;
        this.charged = true;
        long now = fileSystem.now();
        times(now, now, now);
    }

    TreeFile(TreeFs fileSystem, LowerNode lower) {
        super(lower.number(), lower.mode(), lower.uid(), lower.gid());
        this.fileSystem = fileSystem;
        this.lower = lower;
        this.blobOffset = lower.blobOffset();
        this.size = lower.size();
        this.lowerPages = pagesFor(size);
        long time = lower.modifyTime();
        times(time, time, time);
        links(lower.links());
    }

    private static long pagesFor(long bytes) {
        return (bytes + Frames.SIZE - 1) >>> Frames.SHIFT;
    }

    @Override
    public FileSystem fileSystem() {
        return fileSystem;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long blocks() {
        long count = frames.frameCount();
        for (long page = 0; page < lowerPages; page++) {
            count += frames.get(page) == FrameMap.NONE ? 1 : 0;
        }
        return count * (Frames.SIZE / 512);
    }

    /** The seals of a memfd; other files share one set that cannot be changed. */
    public FileSeals seals() {
        return seals == null ? FileSeals.NONE : seals;
    }

    /** Makes it a memfd: seals can be asked for, and added where {@code sealable}. */
    void enableSeals(boolean sealable) {
        seals = new FileSeals(sealable);
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        return Opened.of(new OpenTreeFile(flags, dentry, this));
    }

    @Override
    public PageCache pageCache() {
        if (pages == null) {
            pages = new TreePages(this);
        }
        return pages;
    }

    @Override
    public ExtendedAttributes extendedAttributes() {
        if (attributes == null) {
            attributes = new TreeAttributes(fileSystem, lower);
        }
        return attributes;
    }

    // ---- Transfers

    /** Moves bytes from {@code position} on into a buffer; 0 at the end. */
    long read(IoBuffer buffer, long position) {
        long length = Math.min(buffer.remaining(), size - position);
        if (length <= 0) {
            return 0;
        }
        for (long done = 0; done < length; ) {
            long at = position + done;
            long page = at >>> Frames.SHIFT;
            long inPage = at & Frames.SIZE - 1;
            long part = Math.min(Frames.SIZE - inPage, length - done);
            int frame = frames.get(page);
            if (frame >= 0) {
                buffer.put(fileSystem.ram(), address(frame) + inPage, part);
            } else if (frame == FrameMap.NONE && page < lowerPages) {
                part = lowerRun(page, at, length - done);
                buffer.put(fileSystem.blob().contents(), blobOffset + at, part);
            } else {
                buffer.putZeros(part);
            }
            done += part;
        }
        return length;
    }

    /** Bytes from {@code at} on that lie in the lower file without a changed page between. */
    private long lowerRun(long firstPage, long at, long wanted) {
        long page = firstPage + 1;
        long last = Math.min(lowerPages, (at + wanted - 1) >>> Frames.SHIFT);
        while (page <= last && page < lowerPages && frames.get(page) == FrameMap.NONE) {
            page++;
        }
        return Math.min(wanted, (page << Frames.SHIFT) - at);
    }

    /** Moves a buffer's bytes to {@code position} on: bytes written, or {@code -ENOSPC}. */
    long write(IoBuffer buffer, long position, long length) {
        for (long done = 0; done < length; ) {
            long at = position + done;
            long inPage = at & Frames.SIZE - 1;
            long part = Math.min(Frames.SIZE - inPage, length - done);
            int frame = frameForWrite(at >>> Frames.SHIFT);
            if (frame < 0) {
                return done > 0 ? done : -Errno.ENOSPC;
            }
            buffer.get(fileSystem.ram(), address(frame) + inPage, part);
            done += part;
            size = Math.max(size, at + part);
        }
        changes();
        return length;
    }

    /** Gives it its contents before any process runs. */
    public void fill(byte[] contents) {
        write(new KernelIo(contents), 0, contents.length);
    }

    private static long address(int frame) {
        return (long) frame << Frames.SHIFT;
    }

    // ---- Pages

    /** The frame of a page that may be written, or -1: ENOSPC. */
    private int frameForWrite(long page) {
        int known = frames.get(page);
        if (known >= 0) {
            if (pages != null && pages.isPatched(page)) {
                pages.invalidate(page, 1, false);
            }
            return known;
        }
        boolean copies = known == FrameMap.NONE && page < lowerPages;
        boolean paid = !frames.needsChunk(page) || fileSystem.charge(FrameMap.CHUNK_BYTES);
        int frame = paid ? fileSystem.allocateFrame(!copies) : -1;
        if (frame < 0) {
            if (paid && frames.needsChunk(page)) {
                fileSystem.discharge(FrameMap.CHUNK_BYTES);
            }
            return -1;
        }
        if (copies) {
            MemorySegment.copy(
                    fileSystem.blob().contents(),
                    blobOffset + (page << Frames.SHIFT),
                    fileSystem.ram(),
                    address(frame),
                    Frames.SIZE);
            if (pages != null) {
                pages.invalidate(page, 1, false);
            }
        }
        changes();
        frames.set(page, frame);
        return frame;
    }

    /** Where a page is for reading through a mapping: guest-physical, or {@code -errno}. */
    long pageForRead(long page) {
        int frame = frames.get(page);
        if (frame >= 0) {
            return Frames.address(frame);
        }
        if (frame == FrameMap.NONE && page < lowerPages) {
            return fileSystem.blob().page(blobOffset + (page << Frames.SHIFT));
        }
        return pageForWrite(page);
    }

    long pageForWrite(long page) {
        int frame = frameForWrite(page);
        return frame < 0 ? -Errno.ENOSPC : Frames.address(frame);
    }

    /** Whether it was in the image, whose pages stay where they are. */
    boolean isOfImage() {
        return lower != null;
    }

    /** Whether only mappings lead to it; see {@link TreeFs#anonymousFile}. */
    boolean isMemory() {
        return lower == null && !charged;
    }

    boolean isInFrame(long page) {
        return frames.get(page) >= 0;
    }

    boolean isData(long page) {
        int frame = frames.get(page);
        return frame >= 0 || (frame == FrameMap.NONE && page < lowerPages);
    }

    /** The first page at or behind {@code page} that is no hole, or Long.MAX_VALUE. */
    private long nextData(long page) {
        long next = page;
        while (next < lowerPages) {
            if (isData(next)) {
                return next;
            }
            next++;
        }
        return frames.nextFrame(next);
    }

    /** lseek(SEEK_DATA): where data begins at or behind a position, or {@code -ENXIO}. */
    long seekData(long position) {
        if (position < 0 || position >= size) {
            return -Errno.ENXIO;
        }
        long page = position >>> Frames.SHIFT;
        if (isData(page)) {
            return position;
        }
        long next = nextData(page);
        return next >= pagesFor(size) ? -Errno.ENXIO : next << Frames.SHIFT;
    }

    /** lseek(SEEK_HOLE): where a hole begins at or behind a position, or {@code -ENXIO}. */
    long seekHole(long position) {
        if (position < 0 || position >= size) {
            return -Errno.ENXIO;
        }
        long page = position >>> Frames.SHIFT;
        if (!isData(page)) {
            return position;
        }
        long end = pagesFor(size);
        while (page < end && isData(page)) {
            page++;
        }
        return Math.min(page << Frames.SHIFT, size);
    }

    // ---- Size and holes

    @Override
    public int truncate(long newSize) {
        if (newSize < 0) {
            return -Errno.EINVAL;
        }
        if (newSize > MAX_SIZE) {
            return -Errno.EFBIG;
        }
        if (newSize < size) {
            int status = clearTail(newSize);
            if (status != 0) {
                return status;
            }
            long firstGone = pagesFor(newSize);
            if (pages != null) {
                pages.invalidate(firstGone, pagesFor(size) - firstGone, true);
            }
            clearFrames(firstGone);
            lowerPages = Math.min(lowerPages, firstGone);
        }
        changes();
        size = newSize;
        return 0;
    }

    /** Zeros the rest of the page that the new end is in. */
    private int clearTail(long newSize) {
        long inPage = newSize & Frames.SIZE - 1;
        return inPage == 0 ? 0 : zero(newSize, Frames.SIZE - inPage);
    }

    /** Zeros bytes within one page. */
    private int zero(long position, long length) {
        long page = position >>> Frames.SHIFT;
        if (!isData(page)) {
            return 0;
        }
        int frame = frameForWrite(page);
        if (frame < 0) {
            return -Errno.ENOSPC;
        }
        long inPage = position & Frames.SIZE - 1;
        fileSystem.ram().asSlice(address(frame) + inPage, length).fill((byte) 0);
        return 0;
    }

    /** Makes a range read as zeros and gives its pages back; the size stays. */
    int punch(long start, long end) {
        long first = pagesFor(start);
        long last = end >>> Frames.SHIFT;
        if (first > last) {
            return zero(start, end - start);
        }
        int status =
                start == first << Frames.SHIFT ? 0 : zero(start, (first << Frames.SHIFT) - start);
        if (status == 0 && end != last << Frames.SHIFT) {
            status = zero(last << Frames.SHIFT, end - (last << Frames.SHIFT));
        }
        if (status != 0) {
            return status;
        }
        if (pages != null) {
            pages.invalidate(first, last - first, true);
        }
        changes();
        int chunks = frames.chunkCount();
        frames.punch(first, last, lowerPages, fileSystem::releaseFrame);
        settle(chunks);
        return 0;
    }

    private void clearFrames(long from) {
        int chunks = frames.chunkCount();
        frames.clearFrom(from, fileSystem::releaseFrame);
        settle(chunks);
    }

    /** Brings the charge for the map of frames up to date after it was changed as a whole. */
    private void settle(int chunksBefore) {
        fileSystem.discharge((long) (chunksBefore - frames.chunkCount()) * FrameMap.CHUNK_BYTES);
    }

    /** Provides pages for a range, so that writes to it find space; fallocate(2). */
    int allocate(long start, long end) {
        long missing = 0;
        for (long page = start >>> Frames.SHIFT; page < pagesFor(end); page++) {
            if (!isData(page) && ++missing > fileSystem.availableFrames()) {
                return -Errno.ENOSPC;
            }
        }
        for (long page = start >>> Frames.SHIFT; missing > 0 && page < pagesFor(end); page++) {
            if (!isData(page)) {
                missing--;
                if (frameForWrite(page) < 0) {
                    return -Errno.ENOSPC;
                }
            }
        }
        return 0;
    }

    @Override
    protected void free() {
        if (pages != null) {
            pages.invalidate(0, pagesFor(size), true);
        }
        clearFrames(0);
        size = 0;
        lowerPages = 0;
        if (attributes != null) {
            attributes.free();
        }
        if (charged) {
            fileSystem.dischargeInode(0);
        }
        if (lower != null) {
            fileSystem.forget(this);
        }
    }

    /** Whether its object was charged to the instance and is to be given back. */
    void charged(boolean wasCharged) {
        charged = wasCharged;
    }

    TreeFs tree() {
        return fileSystem;
    }
}
