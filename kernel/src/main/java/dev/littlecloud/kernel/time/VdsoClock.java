package dev.littlecloud.kernel.time;

import dev.littlecloud.kernel.time.vdso.VdsoData;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The instance's clock and its guest's are one: both read the processor's counter and go by the same
 * straight line, so a program never sees time go back between a system call and the vDSO. The line
 * is compared with the host's monotonic clock from time to time and never goes back. Thread-safe.
 */
public final class VdsoClock implements Clock {
    /** How often the line is compared with the host's clock while anybody looks at it. */
    private static final long CHECK_NANOS = 250_000_000;

    /** A lead over the host's clock is worked off over this time. */
    private static final double CORRECTION_NANOS = 1e9;

    /** The most the line is slowed down, unless its lead is a large one. */
    private static final double SLOWED = 1 - 500e-6;

    private static final double STRONGLY_SLOWED = 0.5;
    private static final long LARGE_LEAD_NANOS = 5_000_000;

    /** Noise of a measured distance between realtime and monotonic time. */
    private static final long REALTIME_NOISE_NANOS = 20_000;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final CycleRate rate;
    private final CycleCounter counter;
    private volatile long ahead;
    private @Nullable VdsoData data;
    private long guestOffset;
    private volatile Line line;

    /** Monotonic time as a function of cycles, and what realtime is ahead of it. */
    private record Line(
            long cycles, long slope, long nanos, long realtimeOffset, long checkAtCycles) {
        long at(long counter) {
            long passed = Math.max(0, counter - cycles);
            return nanos + scale(passed, slope);
        }
    }

    public VdsoClock(CycleRate rate) {
        this(rate, 0);
    }

    /**
     * @param ahead see {@link Clock#aheadNanos}
     */
    public VdsoClock(CycleRate rate, long ahead) {
        this.rate = rate;
        this.ahead = ahead;
        this.counter = rate.counter();
        this.line = firstLine();
        synchronize();
    }

    /** The check is due at once: the first look makes a complete line. */
    private Line firstLine() {
        CycleRate.Sample now = CycleRate.sample(counter);
        return new Line(now.cycles(), rate.slope(), now.nanos() + ahead, realtimeOffset(), 0);
    }

    /**
     * Has the guest read this clock from a page of its memory.
     *
     * @param tscOffset what the guest's counter shows minus what the host's shows
     * @param bootedAt monotonic time at which CLOCK_BOOTTIME shows 0
     */
    public synchronized void attach(
            MemorySegment page, long tscOffset, int processors, long bootedAt) {
        VdsoData attached = new VdsoData(page);
        attached.bootedAt(bootedAt);
        guestOffset = tscOffset;
        attached.processors(processors);
        data = attached;
        publish(line);
    }

    /** The guest's memory goes: the clock runs on for those who still ask, but not into it. */
    public synchronized void detach() {
        data = null;
    }

    @Override
    public long monotonicNanos() {
        long cycles = counter.read();
        return checked(cycles).at(cycles);
    }

    @Override
    public long aheadNanos() {
        return ahead;
    }

    @Override
    public synchronized void continueAt(long monotonicNanos) {
        ahead = monotonicNanos - System.nanoTime();
        line = firstLine();
        synchronize();
    }

    @Override
    public long realtimeNanos() {
        long cycles = counter.read();
        Line used = checked(cycles);
        return used.at(cycles) + used.realtimeOffset;
    }

    private Line checked(long cycles) {
        Line used = line;
        if (cycles - used.checkAtCycles >= 0) {
            synchronize();
            used = line;
        }
        return used;
    }

    /**
     * Compares the line with the host's clocks. Where it lags it jumps forward, which to a program
     * looks as if it had not been running; where it leads it goes a little slower.
     */
    public synchronized void synchronize() {
        CycleRate.Sample host = CycleRate.sample(counter);
        long slope = rate.slope();
        long shown = line.at(host.cycles());
        long target = host.nanos() + ahead;
        long lead = shown - target;
        if (lead <= 0) {
            publish(line(host.cycles(), slope, target));
            return;
        }
        double slowest = lead > LARGE_LEAD_NANOS ? STRONGLY_SLOWED : SLOWED;
        double bend = Math.max(slowest, 1 - lead / CORRECTION_NANOS);
        publish(line(host.cycles(), (long) (slope * bend), shown));
    }

    private Line line(long cycles, long slope, long nanos) {
        long offset = realtimeOffset();
        Line old = line;
        if (Math.abs(offset - old.realtimeOffset) < REALTIME_NOISE_NANOS) {
            offset = old.realtimeOffset;
        }
        double nanosPerCycle = (double) slope / (1L << VdsoData.SLOPE_SHIFT);
        long check = cycles + (long) (CHECK_NANOS / nanosPerCycle);
        return new Line(cycles, slope, nanos, offset, check);
    }

    private long realtimeOffset() {
        long before = System.nanoTime();
        Instant now = Instant.now();
        long after = System.nanoTime();
        long realtime = now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
        return realtime - (before + (after - before) / 2 + ahead);
    }

    private void publish(Line next) {
        line = next;
        VdsoData page = data;
        if (page != null) {
            page.line(next.cycles + guestOffset, next.slope, next.nanos, next.realtimeOffset);
        }
    }

    /** The upper part of a 128-bit product, as the guest's code computes it. */
    private static long scale(long cycles, long slope) {
        long high = Math.multiplyHigh(cycles, slope);
        return high << (64 - VdsoData.SLOPE_SHIFT) | (cycles * slope) >>> VdsoData.SLOPE_SHIFT;
    }
}
