package dev.littlecloud.machine.memory;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.MachineException;

/** Turns what the host refuses into exceptions. */
final class HostCalls {
    static final long PAGE_SIZE = GuestMemory.PAGE_SIZE;

    private HostCalls() {}

    static void check(String operation, long result) {
        if (result < 0 && result > -4096) {
            throw new MachineException(operation, (int) -result);
        }
    }
}
