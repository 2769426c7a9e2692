package dev.littlecloud.machine;

/** A virtual machine with its processors and without memory, made ahead of need. */
public interface BlankMachine extends AutoCloseable {
    /** How many virtual processors it has. */
    int vcpus();

    /** Gives it empty memory. The blank machine is used up then. */
    Machine boot(long ramBytes);

    /**
     * Gives it memory that begins as an image has it. The blank machine is used up then.
     *
     * @param image of a machine with as many virtual processors
     * @param ahead pages of the image that will be written soon, copied at once
     */
    Machine thaw(MemoryImage image, PageRuns ahead);

    /** Gives it back to the host, unless it was used up. */
    @Override
    void close();
}
