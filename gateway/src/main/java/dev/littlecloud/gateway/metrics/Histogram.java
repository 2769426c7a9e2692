package dev.littlecloud.gateway.metrics;

import java.util.concurrent.atomic.LongAdder;

/** How often something took how long: up to 1, 2, 4 … 4096 ms, and longer. */
public final class Histogram {
    /** Upper bounds of the buckets but the last, in milliseconds: powers of two. */
    public static final int BOUNDS = 13;

    private final LongAdder[] buckets = new LongAdder[BOUNDS + 1];
    private final LongAdder nanos = new LongAdder();

    Histogram() {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    void add(long durationNanos) {
        // The bound itself belongs to its bucket, as Prometheus' "le" has it.
        long millis = Math.max(0, durationNanos - 1) / 1_000_000;
        int bucket = millis == 0 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(millis);
        buckets[Math.min(bucket, BOUNDS)].increment();
        nanos.add(durationNanos);
    }

    public static long boundMillis(int bucket) {
        return 1L << bucket;
    }

    /** How many took longer than the bound before {@code bucket}, and not longer than its own. */
    public long count(int bucket) {
        return buckets[bucket].sum();
    }

    public long count() {
        long all = 0;
        for (LongAdder bucket : buckets) {
            all += bucket.sum();
        }
        return all;
    }

    public long totalNanos() {
        return nanos.sum();
    }
}
