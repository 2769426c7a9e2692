package dev.littlecloud.kernel.time;

import dev.littlecloud.kernel.time.vdso.VdsoData;

/**
 * How long a cycle of the counter takes, measured against the host's clock over as long a time as
 * this process has run: each further look makes it more precise. Thread-safe.
 */
public final class CycleRate {
    /** Shortest measured time: an error of 100 ns in it is one of 50 parts per million. */
    private static final long SHORTEST_NANOS = 2_000_000;

    /** From here on the rate is better than the host's own corrections of its clock. */
    private static final long LONG_ENOUGH_NANOS = 60_000_000_000L;

    private final CycleCounter counter;
    private final Sample first;
    private long slope;
    private long measuredNanos;

    /** Both clocks at one moment. */
    record Sample(long cycles, long nanos) {}

    public CycleRate(CycleCounter counter) {
        this.counter = counter;
        this.first = sample(counter);
    }

    public CycleCounter counter() {
        return counter;
    }

    /** Nanoseconds per cycle times 2^{@link VdsoData#SLOPE_SHIFT}. May wait two milliseconds. */
    public synchronized long slope() {
        if (measuredNanos < LONG_ENOUGH_NANOS) {
            Sample now = sample(counter);
            while (now.nanos - first.nanos < SHORTEST_NANOS) {
                Thread.onSpinWait();
                now = sample(counter);
            }
            measuredNanos = now.nanos - first.nanos;
            slope =
                    (long)
                            ((double) measuredNanos
                                    / (now.cycles - first.cycles)
                                    * (1L << VdsoData.SLOPE_SHIFT));
        }
        return slope;
    }

    /** Both clocks at one moment: of three looks the one that took the shortest time. */
    static Sample sample(CycleCounter counter) {
        long best = Long.MAX_VALUE;
        long cycles = 0;
        long nanos = 0;
        for (int i = 0; i < 3; i++) {
            long before = System.nanoTime();
            long read = counter.read();
            long after = System.nanoTime();
            if (after - before < best) {
                best = after - before;
                cycles = read;
                nanos = before + (after - before) / 2;
            }
        }
        return new Sample(cycles, nanos);
    }
}
