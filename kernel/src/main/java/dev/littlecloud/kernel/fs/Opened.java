package dev.littlecloud.kernel.fs;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of opening a file.
 *
 * @param status 0, {@code -errno} or {@link dev.littlecloud.kernel.task.Task#BLOCK}
 * @param file null unless status is 0
 */
public record Opened(long status, @Nullable OpenFile file) {
    public static Opened of(OpenFile file) {
        return new Opened(0, file);
    }

    /** Refused with a (positive) error number. */
    public static Opened error(int errno) {
        return new Opened(-errno, null);
    }

    public static Opened status(long status) {
        return new Opened(status, null);
    }
}
