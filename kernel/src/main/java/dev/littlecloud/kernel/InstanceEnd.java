package dev.littlecloud.kernel;

import org.jspecify.annotations.Nullable;

/**
 * How an instance ended.
 *
 * @param reason why
 * @param status status word of the first process as wait(2) gives it
 * @param detail one line for the user, empty where there is nothing to say
 * @param problem the kernel's own failure, or null
 */
public record InstanceEnd(Reason reason, int status, String detail, @Nullable Throwable problem) {
    /** Kinds of ends. */
    public enum Reason {
        /** The first process ended. */
        EXITED,
        /** The instance needed more memory than its limit. */
        OUT_OF_MEMORY,
        /** It was ended from outside. */
        STOPPED,
        /** A bug in the kernel, or a host error. */
        FAILED
    }

    /** Exit code as a shell shows it: 128 and the signal where one ended it. */
    public int exitCode() {
        int signal = status & 0x7F;
        return signal != 0 ? 128 + signal : status >> 8 & 0xFF;
    }
}
