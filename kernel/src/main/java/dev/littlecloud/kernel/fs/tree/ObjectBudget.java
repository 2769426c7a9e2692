package dev.littlecloud.kernel.fs.tree;

import dev.littlecloud.kernel.mm.Frames;

/**
 * What files may take of the instance's memory: pages, and the kernel's own objects (inodes, names,
 * link texts). A guest that makes files without end meets ENOSPC while some memory is left for its
 * programs.
 */
final class ObjectBudget {
    private final Frames frames;

    /** Frames left for programs when files have taken all they can get. */
    private final int reserve;

    ObjectBudget(Frames frames) {
        this.frames = frames;
        this.reserve = frames.reservedForPrograms();
    }

    /**
     * Takes a frame for contents, or -1 where files have all they can get.
     *
     * @param zeroed false where all of it is overwritten at once
     */
    int allocateFrame(boolean zeroed) {
        return frames.available() > reserve ? frames.allocate(zeroed) : -1;
    }

    /** Frames that files can still get. */
    long available() {
        return Math.max(0, frames.available() - reserve);
    }

    /** Charges objects of about {@code bytes}; false: ENOSPC. */
    boolean charge(long bytes) {
        return frames.available() > reserve && frames.charge(bytes);
    }

    void release(long bytes) {
        frames.uncharge(bytes);
    }
}
