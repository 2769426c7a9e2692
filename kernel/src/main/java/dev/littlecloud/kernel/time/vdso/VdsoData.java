package dev.littlecloud.kernel.time.vdso;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The page that the shared object's code reads: a straight line from the processor's counter to
 * nanoseconds, and each clock's distance from the monotonic one. A sequence number, odd while the
 * page changes, lets readers see that they have to read again.
 */
public final class VdsoData {
    /** Bytes of the page. */
    public static final int SIZE = 4096;

    /** The line's slope is nanoseconds per cycle times two to this power. */
    public static final int SLOPE_SHIFT = 32;

    // Clock ids of the system-call interface; clock_getres(2), <linux/time.h>.
    public static final int CLOCK_REALTIME = 0;
    public static final int CLOCK_MONOTONIC = 1;
    public static final int CLOCK_MONOTONIC_RAW = 4;
    public static final int CLOCK_REALTIME_COARSE = 5;
    public static final int CLOCK_MONOTONIC_COARSE = 6;
    public static final int CLOCK_BOOTTIME = 7;
    public static final int CLOCK_TAI = 11;

    /** Clocks that the code answers by itself, as bits. */
    static final int ANSWERED =
            1 << CLOCK_REALTIME
                    | 1 << CLOCK_MONOTONIC
                    | 1 << CLOCK_MONOTONIC_RAW
                    | 1 << CLOCK_REALTIME_COARSE
                    | 1 << CLOCK_MONOTONIC_COARSE
                    | 1 << CLOCK_BOOTTIME
                    | 1 << CLOCK_TAI;

    static final int LAST_CLOCK = CLOCK_TAI;

    /** Resolution that the coarse clocks tell: a tick of a kernel with 250 of them a second. */
    public static final int COARSE_NANOS = 4_000_000;

    // Offsets in the page.
    static final int SEQUENCE = 0;
    static final int PROCESSORS = 4;
    static final int CLOCKS = 8;
    static final int BASE_CYCLES = 16;
    static final int SLOPE = 24;
    static final int BASE_NANOS = 32;
    static final int OFFSETS = 64;

    private static final VarHandle INT = JAVA_INT.varHandle();

    private final MemorySegment page;

    /** A page of zeros is valid: every function makes a system call then. */
    public VdsoData(MemorySegment page) {
        this.page = page;
    }

    /** How many processors the guest has: with one, getcpu(2) needs no system call. */
    public void processors(int count) {
        page.set(JAVA_INT, PROCESSORS, count);
    }

    /** Sets the monotonic time at which CLOCK_BOOTTIME shows 0. */
    public void bootedAt(long monotonicNanos) {
        offset(CLOCK_BOOTTIME, -monotonicNanos);
    }

    /**
     * Sets the clocks. Running programs see all of it or nothing.
     *
     * @param baseCycles guest's counter at the line's start
     * @param slope nanoseconds per cycle, times 2^{@link #SLOPE_SHIFT}
     * @param baseNanos monotonic time at the line's start
     * @param realtimeOffset realtime minus monotonic time, in nanoseconds
     */
    public void line(long baseCycles, long slope, long baseNanos, long realtimeOffset) {
        int sequence = page.get(JAVA_INT, SEQUENCE);
        INT.setVolatile(page, (long) SEQUENCE, sequence + 1);
        VarHandle.fullFence();
        page.set(JAVA_LONG, BASE_CYCLES, baseCycles);
        page.set(JAVA_LONG, SLOPE, slope);
        page.set(JAVA_LONG, BASE_NANOS, baseNanos);
        offset(CLOCK_REALTIME, realtimeOffset);
        offset(CLOCK_REALTIME_COARSE, realtimeOffset);
        offset(CLOCK_TAI, realtimeOffset);
        page.set(JAVA_LONG, CLOCKS, ANSWERED);
        INT.setVolatile(page, (long) SEQUENCE, sequence + 2);
    }

    /** Has every function make a system call: the counter is not to be trusted. */
    public void disable() {
        page.set(JAVA_LONG, CLOCKS, 0);
        page.set(JAVA_INT, PROCESSORS, 0);
    }

    private void offset(int clock, long nanos) {
        page.set(JAVA_LONG, OFFSETS + 8L * clock, nanos);
    }
}
