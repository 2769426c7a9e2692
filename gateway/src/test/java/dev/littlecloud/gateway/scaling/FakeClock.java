package dev.littlecloud.gateway.scaling;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes when a test says so. */
final class FakeClock implements ScalingClock {
    private record Task(long at, long order, Runnable work) {}

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::order));
    private long now;
    private long order;

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public void after(long nanos, Runnable work) {
        tasks.add(new Task(now + nanos, order++, work));
    }

    void pass(Duration time) {
        long end = now + time.toNanos();
        while (!tasks.isEmpty() && tasks.peek().at() <= end) {
            Task next = tasks.remove();
            now = next.at();
            next.work().run();
        }
        now = end;
    }

    void passMillis(long millis) {
        pass(Duration.ofMillis(millis));
    }
}
