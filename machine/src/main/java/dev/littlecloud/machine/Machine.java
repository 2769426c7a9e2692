package dev.littlecloud.machine;

/** One hardware virtual machine. It knows nothing of Linux. */
public interface Machine extends AutoCloseable {

    GuestMemory memory();

    /**
     * Creates the next virtual processor; the first has index 0.
     *
     * @throws IllegalStateException when all processors of the configuration exist already
     */
    Vcpu createVcpu();

    /** How many virtual processors have been created. */
    int vcpuCount();

    /** Gives all back to the host. No virtual processor may be running. */
    @Override
    void close();
}
