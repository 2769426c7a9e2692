package dev.littlecloud.control.meter;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counts of one service since this process started. */
public final class ServiceMetrics {
    /** Bounds of the wake-latency histogram: 1, 2, 4 ... 4096 ms. */
    public static final int BUCKETS = 13;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int STATUS_CLASSES = 6;

    private final AtomicLongArray requestsByClass = new AtomicLongArray(STATUS_CLASSES);
    private final AtomicLongArray wakes = new AtomicLongArray(BUCKETS + 1);
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder requestNanos = new LongAdder();
    private final LongAdder wakeNanos = new LongAdder();
    private volatile long lastWakeNanos = -1;

    public void request(int status, long in, long out, long durationNanos) {
        requestsByClass.incrementAndGet(Math.clamp(status / 100, 0, STATUS_CLASSES - 1));
        bytesIn.add(in);
        bytesOut.add(out);
        requestNanos.add(durationNanos);
    }

    public void woke(long nanos) {
        int bucket = 0;
        while (bucket < BUCKETS && nanos > boundMillis(bucket) * NANOS_PER_MILLI) {
            bucket++;
        }
        wakes.incrementAndGet(bucket);
        wakeNanos.add(nanos);
        lastWakeNanos = nanos;
    }

    /** The largest latency that a bucket counts. */
    public static long boundMillis(int bucket) {
        return 1L << bucket;
    }

    /** Requests whose status begins with this digit. */
    public long requests(int statusClass) {
        return requestsByClass.get(statusClass);
    }

    public long requests() {
        long all = 0;
        for (int i = 0; i < STATUS_CLASSES; i++) {
            all += requestsByClass.get(i);
        }
        return all;
    }

    public long failedRequests() {
        return requests(5);
    }

    public long bytesIn() {
        return bytesIn.sum();
    }

    public long bytesOut() {
        return bytesOut.sum();
    }

    public long requestNanos() {
        return requestNanos.sum();
    }

    public long wakeNanos() {
        return wakeNanos.sum();
    }

    public OptionalLong lastWakeMicros() {
        long nanos = lastWakeNanos;
        return nanos < 0 ? OptionalLong.empty() : OptionalLong.of(nanos / 1_000);
    }

    /** Wakes by bucket, each without those of the ones before; the last has no bound. */
    public List<Long> wakes() {
        List<Long> counts = new ArrayList<>();
        for (int i = 0; i <= BUCKETS; i++) {
            counts.add(wakes.get(i));
        }
        return counts;
    }

    public long wakeCount() {
        return wakes().stream().mapToLong(Long::longValue).sum();
    }
}
