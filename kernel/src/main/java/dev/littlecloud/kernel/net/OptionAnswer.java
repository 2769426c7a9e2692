package dev.littlecloud.kernel.net;

/** How the option tables answer: an int as a long, or a failure outside of an int's range. */
final class OptionAnswer {
    private static final long FAILED = 1L << 40;

    private OptionAnswer() {}

    static long failed(int errno) {
        return FAILED + errno;
    }

    static boolean isFailed(long answer) {
        return answer >= FAILED;
    }

    static long errno(long answer) {
        return -(answer - FAILED);
    }

    static long of(boolean value) {
        return value ? 1 : 0;
    }
}
