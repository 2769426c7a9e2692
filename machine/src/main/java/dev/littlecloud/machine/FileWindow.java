package dev.littlecloud.machine;

import java.lang.foreign.MemorySegment;

/** A host mapping of a file that the guest can be given pages of. */
public interface FileWindow extends AutoCloseable {

    /** Guest-physical address of the first byte. */
    long guestPhysical();

    /** The host mapping. */
    MemorySegment host();

    boolean writable();

    /**
     * Takes the window from the guest. No page table may point into it any more. The host mapping
     * stays; its owner unmaps it afterwards.
     */
    @Override
    void close();
}
