package dev.littlecloud.kernel.fs.tree;

import dev.littlecloud.kernel.mm.Frames;
import java.util.Arrays;

/**
 * Charges the kernel's own objects (inodes, names, link texts) to the instance's memory: for every 4
 * KiB of them one frame is taken out of circulation and never touched, so that it costs the host
 * nothing itself. A guest that makes files without end meets ENOSPC where its memory ends.
 */
final class ObjectBudget {
    private final Frames frames;

    /** Frames left for programs when files have taken all they can get. */
    private final int reserve;

    private int[] held = new int[16];
    private int heldCount;
    private long charged;

    ObjectBudget(Frames frames) {
        this.frames = frames;
        this.reserve = frames.capacity() / 32;
    }

    /** Takes a frame for contents, or -1 where files have all they can get. */
    int allocateFrame() {
        return frames.capacity() - frames.used() > reserve ? frames.allocate() : -1;
    }

    /** Frames that files can still get. */
    long available() {
        return Math.max(0, frames.capacity() - frames.used() - reserve);
    }

    /** Charges objects of about {@code bytes}; false: ENOSPC. */
    boolean charge(long bytes) {
        while (charged + bytes > (long) heldCount << Frames.SHIFT) {
            int frame = allocateFrame();
            if (frame < 0) {
                return false;
            }
            if (heldCount == held.length) {
                held = Arrays.copyOf(held, heldCount * 2);
            }
            held[heldCount++] = frame;
        }
        charged += bytes;
        return true;
    }

    void release(long bytes) {
        charged -= bytes;
        while (heldCount > 0 && charged <= ((long) heldCount - 1) << Frames.SHIFT) {
            frames.release(held[--heldCount]);
        }
    }
}
