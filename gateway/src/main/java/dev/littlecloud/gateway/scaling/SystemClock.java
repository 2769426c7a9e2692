package dev.littlecloud.gateway.scaling;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The time of the machine: one thread for the timers of all scalers. */
public final class SystemClock implements ScalingClock, AutoCloseable {
    private final ScheduledExecutorService timers =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("scaling-timers").factory());

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public void after(long nanos, Runnable task) {
        timers.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        timers.shutdownNow();
    }
}
