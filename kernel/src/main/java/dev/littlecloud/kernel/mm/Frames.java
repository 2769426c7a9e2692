package dev.littlecloud.kernel.mm;

import dev.littlecloud.kernel.freeze.Freezable;
import dev.littlecloud.machine.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The instance's RAM as 4 KiB frames with reference counts, bounded by its memory limit. A frame's
 * number times {@link #SIZE} is its offset in {@link GuestMemory#ram()}. Guarded by the instance
 * lock.
 *
 * <p>Freed frames are kept for reuse and zeroed when they are given out again: zeroing a page that
 * the host already backs is about twenty times cheaper than letting the host fault in a new one.
 * Past {@link #KEEP_FREE} such frames the rest is given back to the host.
 */
public final class Frames {
    public static final int SIZE = 4096;
    public static final int SHIFT = 12;

    /** Freed frames kept backed by host memory, in frames (32 MiB). */
    private static final int KEEP_FREE = 8192;

    /** Gets memory back when there is none left. */
    @FunctionalInterface
    public interface Shortage extends Freezable {
        /** Whether there is some now. */
        boolean relieve();
    }

    private final GuestMemory memory;
    private final MemorySegment ram;
    private final int capacity;
    private int[] references = new int[1024];

    /** Frames that were used and freed: dirty, still backed. */
    private int[] dirty = new int[256];

    private int dirtyCount;

    /** Frames that were given back to the host: zero when touched again, unless of an image. */
    private int[] clean = new int[256];

    private int cleanCount;

    /** The first frame that was never given out. */
    private int fresh;

    private int used;
    private int grace;
    private Shortage onShortage = () -> false;

    public Frames(GuestMemory memory) {
        this.memory = memory;
        this.ram = memory.ram();
        this.capacity = (int) (ram.byteSize() >> SHIFT);
    }

    /** Frames in use. */
    public int used() {
        return used;
    }

    /** Frames there are. */
    public int capacity() {
        return capacity;
    }

    /** Bytes of kernel objects (page tables, sockets' buffers, inodes) charged to the instance. */
    private long charged;

    /**
     * Charges kernel objects made on the guest's behalf to its memory limit.
     *
     * @return false where the limit does not allow them; nothing was charged then
     */
    public boolean charge(long bytes) {
        if (bytes > 0 && !hasRoom(bytes)) {
            return false;
        }
        charged += bytes;
        return true;
    }

    /** Whether so many bytes could be charged. */
    public boolean hasRoom(long bytes) {
        return available() > bytes >> SHIFT;
    }

    /** Charges what is there already, whatever the limit is. */
    public void chargeAnyway(long bytes) {
        charged += bytes;
    }

    /** Takes back a charge. */
    public void uncharge(long bytes) {
        charged -= bytes;
    }

    /** Bytes charged for kernel objects. */
    public long charged() {
        return charged;
    }

    /** Frames that can still be given out. */
    public int available() {
        long kernelPages = (charged + memory.pageTableBytes()) >> SHIFT;
        return (int) (capacity + grace - used - kernelPages);
    }

    /** What gets memory back when there is none left; true where there is some then. */
    public void onShortage(Shortage action) {
        onShortage = action;
    }

    /** Frames that files leave to programs: a guest that fills them meets ENOSPC, not its end. */
    public int reservedForPrograms() {
        return capacity / 32;
    }

    /** Tries to get memory back when there is none left, which may end a process. */
    public boolean relieve() {
        return onShortage.relieve();
    }

    /** Allows some frames beyond the limit for as long as a process ends for want of memory. */
    public void grace(int frameCount) {
        grace = frameCount;
    }

    /** Whether frames come from those freed before, rather than from untouched memory. */
    public boolean hasReusable() {
        return dirtyCount > 0;
    }

    /** Gives out one zeroed frame with one reference, or -1 when the instance has no memory left. */
    public int allocate() {
        return allocate(true);
    }

    /** Gives out one frame; where {@code zeroed} is false its contents are to be overwritten. */
    public int allocate(boolean zeroed) {
        if (available() <= 0) {
            return -1;
        }
        int frame = take(zeroed);
        if (frame >= 0) {
            references[frame] = 1;
            used++;
        }
        return frame;
    }

    /**
     * Gives out {@code count} zeroed frames in a row, which the host backs in one go, or -1 where
     * there is no such run; take them one by one then.
     */
    public int allocateRun(int count) {
        if (fresh + count > capacity || available() < count) {
            return -1;
        }
        int first = fresh;
        fresh += count;
        prepare(fresh);
        Arrays.fill(references, first, first + count, 1);
        used += count;
        return first;
    }

    private int take(boolean zeroed) {
        if (dirtyCount > 0) {
            int frame = dirty[--dirtyCount];
            if (zeroed) {
                ram.asSlice((long) frame << SHIFT, SIZE).fill((byte) 0);
            }
            return frame;
        }
        if (cleanCount > 0) {
            int frame = clean[--cleanCount];
            if (zeroed && (long) frame << SHIFT < memory.imageRam()) {
                ram.asSlice((long) frame << SHIFT, SIZE).fill((byte) 0);
            }
            return frame;
        }
        if (fresh == capacity) {
            return -1;
        }
        int frame = fresh++;
        prepare(fresh);
        return frame;
    }

    private void prepare(int frames) {
        memory.ensureRam((long) frames << SHIFT);
        if (frames > references.length) {
            references = Arrays.copyOf(references, Math.max(frames, references.length * 2));
        }
    }

    public void retain(int frame) {
        references[frame]++;
    }

    public int references(int frame) {
        return references[frame];
    }

    /** The frames in use, by number. */
    public BitSet live() {
        BitSet live = new BitSet(fresh);
        for (int frame = 0; frame < fresh; frame++) {
            if (references[frame] > 0) {
                live.set(frame);
            }
        }
        return live;
    }

    /**
     * Drops one reference. The last one frees the frame; no address space may map it any more, or
     * its translations must have been zapped.
     */
    public void release(int frame) {
        if (--references[frame] > 0) {
            return;
        }
        used--;
        if (dirtyCount < KEEP_FREE) {
            if (dirtyCount == dirty.length) {
                dirty = Arrays.copyOf(dirty, dirtyCount * 2);
            }
            dirty[dirtyCount++] = frame;
        } else {
            memory.discard((long) frame << SHIFT, SIZE);
            if (cleanCount == clean.length) {
                clean = Arrays.copyOf(clean, cleanCount * 2);
            }
            clean[cleanCount++] = frame;
        }
    }

    /** The guest-physical address of a frame. */
    public static long address(int frame) {
        return GuestMemory.RAM_BASE + ((long) frame << SHIFT);
    }

    /** The frame at a guest-physical RAM address. */
    public static int frameAt(long guestPhysical) {
        return (int) ((guestPhysical - GuestMemory.RAM_BASE) >> SHIFT);
    }
}
