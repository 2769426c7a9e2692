package dev.littlecloud.control.deploy;

import dev.littlecloud.control.WorkloadListener;
import dev.littlecloud.control.meter.ServiceMetrics;
import dev.littlecloud.control.model.Event;
import dev.littlecloud.control.store.EventTable;
import java.time.Instant;
import java.util.Optional;

/** Writes down what is heard of one revision. */
final class Observer implements WorkloadListener {
    private final Books books;
    private final String owner;
    private final String service;
    private final int revision;
    private final ServiceMetrics metrics;

    Observer(Books books, String owner, String service, int revision) {
        this.books = books;
        this.owner = owner;
        this.service = service;
        this.revision = revision;
        this.metrics = books.metrics().of(service);
    }

    private void event(Event.Kind kind, Optional<String> instance, String message) {
        Instant now = books.clock().instant();
        books.recorder()
                .later(
                        tx -> {
                            EventTable.add(
                                    tx,
                                    owner,
                                    service,
                                    Optional.of(revision),
                                    instance,
                                    kind,
                                    message,
                                    now);
                            return kind;
                        });
    }

    @Override
    public void started(String instance, String why) {
        books.meter().started(instance, owner, service);
        event(Event.Kind.INSTANCE_STARTED, Optional.of(instance), why);
    }

    @Override
    public void used(
            String instance,
            long guestCpuNanos,
            long kernelCpuNanos,
            long memoryByteMillis,
            long bytesIn,
            long bytesOut) {
        books.meter()
                .used(instance, guestCpuNanos, kernelCpuNanos, memoryByteMillis, bytesIn, bytesOut);
    }

    @Override
    public void ended(String instance, boolean isCrash, String why) {
        books.meter().ended(instance);
        books.logs().ended(service, instance);
        event(
                isCrash ? Event.Kind.INSTANCE_CRASHED : Event.Kind.INSTANCE_ENDED,
                Optional.of(instance),
                why);
    }

    @Override
    public void stayedAwake(String instance, String why) {
        event(Event.Kind.FREEZE_FAILED, Optional.of(instance), why);
    }

    @Override
    public void snapshotLost(String what) {
        event(Event.Kind.SNAPSHOT_LOST, Optional.empty(), what);
    }

    @Override
    public void output(String instance, boolean isError, byte[] bytes) {
        books.logs().append(service, instance, isError, bytes);
    }

    @Override
    public void request(int status, long bytesIn, long bytesOut, long durationNanos) {
        metrics.request(status, bytesIn, bytesOut, durationNanos);
        books.meter().request(owner, service);
    }

    @Override
    public void woke(long nanos) {
        metrics.woke(nanos);
        books.meter().woke(owner, service, nanos);
    }

    @Override
    public void crashLoop(String why) {
        books.health().crashes(service, why);
        event(Event.Kind.CRASH_LOOP, Optional.empty(), why);
    }

    @Override
    public void recovered() {
        books.health().isWell(service);
    }
}
