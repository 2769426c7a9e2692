package dev.littlecloud.runtime.instance;

import dev.littlecloud.kernel.InstanceEnd;
import dev.littlecloud.kernel.KernelConfig;
import dev.littlecloud.runtime.ExitStatus;

/** What the kernel says of an instance's end, as callers are told. */
public final class Ends {
    private Ends() {}

    /** The status of an instance that ended. */
    public static ExitStatus status(InstanceEnd end, KernelConfig config) {
        int signal = end.status() & 0x7F;
        return switch (end.reason()) {
            case OUT_OF_MEMORY -> new ExitStatus.OutOfMemory(config.memoryBytes());
            case FAILED -> new ExitStatus.Failed(end.detail());
            case EXITED, STOPPED ->
                    signal != 0
                            ? new ExitStatus.Signaled(signal)
                            : new ExitStatus.Exited(end.status() >> 8 & 0xFF);
        };
    }
}
