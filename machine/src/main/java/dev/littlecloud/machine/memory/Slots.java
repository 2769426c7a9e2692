package dev.littlecloud.machine.memory;

/** The table that says which host memory is behind which guest-physical addresses. */
public interface Slots {

    /**
     * Makes host memory guest memory.
     *
     * @return the slot's number, for {@link #remove}
     */
    int add(long guestPhysical, long hostAddress, long bytes, boolean writable);

    /** Takes a slot from the guest; all its translations are gone when this returns. */
    void remove(int slot);
}
