package dev.littlecloud.kernel;

import dev.littlecloud.kernel.time.Clock;
import java.time.Instant;

/** The host's clocks. */
final class SystemClock implements Clock {
    private volatile long ahead;

    SystemClock(long ahead) {
        this.ahead = ahead;
    }

    @Override
    public long monotonicNanos() {
        return System.nanoTime() + ahead;
    }

    @Override
    public long aheadNanos() {
        return ahead;
    }

    @Override
    public void continueAt(long monotonicNanos) {
        ahead = monotonicNanos - System.nanoTime();
    }

    @Override
    public long realtimeNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
