package dev.littlecloud.kernel;

import dev.littlecloud.kernel.time.Clock;
import java.time.Instant;

/** The host's clocks. */
final class SystemClock implements Clock {
    @Override
    public long monotonicNanos() {
        return System.nanoTime();
    }

    @Override
    public long realtimeNanos() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
