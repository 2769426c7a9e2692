package dev.littlecloud.gateway.metrics;

import java.util.concurrent.atomic.LongAdder;

/** Counts since the start of the process, of one service. */
public final class ServiceCounters {
    private static final int CLASSES = 5;

    private final LongAdder[] statuses = new LongAdder[CLASSES];
    private final LongAdder connections = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final Histogram latency = new Histogram();
    private final Histogram wakes = new Histogram();

    ServiceCounters() {
        for (int i = 0; i < CLASSES; i++) {
            statuses[i] = new LongAdder();
        }
    }

    void request(int status, long in, long out, long nanos) {
        statuses[Math.clamp(status / 100, 1, CLASSES) - 1].increment();
        bytesIn.add(in);
        bytesOut.add(out);
        latency.add(nanos);
    }

    void connection(long in, long out) {
        connections.increment();
        bytesIn.add(in);
        bytesOut.add(out);
    }

    void woke(long nanos) {
        wakes.add(nanos);
    }

    /**
     * Requests that were answered.
     *
     * @param statusClass 1 to 5, for 1xx to 5xx
     */
    public long requests(int statusClass) {
        return statuses[statusClass - 1].sum();
    }

    public long requests() {
        long all = 0;
        for (LongAdder status : statuses) {
            all += status.sum();
        }
        return all;
    }

    /** Connections of bytes that have ended. */
    public long connections() {
        return connections.sum();
    }

    /** Bytes of bodies and connections that clients sent. */
    public long bytesIn() {
        return bytesIn.sum();
    }

    public long bytesOut() {
        return bytesOut.sum();
    }

    /** From a request's head to its response's last byte. */
    public Histogram latency() {
        return latency;
    }

    /** How long requests waited for an instance to start. */
    public Histogram wakes() {
        return wakes;
    }
}
