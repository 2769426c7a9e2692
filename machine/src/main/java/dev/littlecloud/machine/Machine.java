package dev.littlecloud.machine;

import java.util.BitSet;

/** One hardware virtual machine. It knows nothing of Linux. */
public interface Machine extends AutoCloseable {
    /** See {@link #touch}. */
    long TOUCH_WRITE = 1;

    GuestMemory memory();

    /**
     * Creates the next virtual processor; the first has index 0.
     *
     * @throws IllegalStateException when all processors of the configuration exist already
     */
    Vcpu createVcpu();

    /** How many virtual processors have been created. */
    int vcpuCount();

    /**
     * What CPUID shows on the first processor.
     *
     * @param leaf goes into EAX
     * @param subleaf goes into ECX
     * @return EAX, EBX, ECX and EDX; zeros for a leaf that is not there
     */
    int[] cpuid(int leaf, int subleaf);

    /**
     * The memory as it is, for other machines to start with. No virtual processor may be running.
     *
     * @param livePages pages of RAM with content, by number; others are taken as zero
     */
    MemoryImage freeze(BitSet livePages);

    /** The pages of its image that it has written, by their numbers in the image's file. */
    BitSet ownPages();

    /**
     * Has the first processor touch pages of an address space, so that later runs of programs find
     * all translations made. Pages that cannot be touched are left out. Nothing that programs can
     * see changes. The processor's registers are undefined then, and must not hold a program's.
     *
     * @param root see {@link PageTables#root()}
     * @param pages addresses of pages, each with {@link #TOUCH_WRITE} set where it is to be written
     */
    void touch(long root, long[] pages);

    /** Gives all back to the host. No virtual processor may be running. */
    @Override
    void close();
}
