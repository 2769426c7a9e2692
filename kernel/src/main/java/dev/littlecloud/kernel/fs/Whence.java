package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;

/** Where lseek(2) and record locks count from. */
public final class Whence {
    public static final int SET = 0;
    public static final int CURRENT = 1;
    public static final int END = 2;
    public static final int DATA = 3;
    public static final int HOLE = 4;

    private Whence() {}

    /**
     * The position that {@code distance} leads to, or {@code -errno}: EINVAL before the start,
     * EOVERFLOW beyond what fits.
     */
    public static long resolve(long distance, int whence, long offset, long size) {
        long base;
        switch (whence) {
            case SET -> base = 0;
            case CURRENT -> base = offset;
            case END -> base = size;
            default -> {
                return -Errno.EINVAL;
            }
        }
        long target = base + distance;
        if (distance > 0 && target < 0) {
            return -Errno.EOVERFLOW;
        }
        return target < 0 ? -Errno.EINVAL : target;
    }
}
