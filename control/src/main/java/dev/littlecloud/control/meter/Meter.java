package dev.littlecloud.control.meter;

import dev.littlecloud.control.model.UsageTotals;
import dev.littlecloud.control.store.Database;
import dev.littlecloud.control.store.UsageTable;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** Turns totals that instances tell into what is to be added to the bill. */
public final class Meter implements Recorder.Source {
    private static final long NANOS_PER_MICRO = 1_000;

    private final Clock clock;
    private final Runnable askForUsage;
    private final Map<String, Account> instances = new ConcurrentHashMap<>();
    private final Map<String, Counts> services = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Account> ended = new ConcurrentLinkedQueue<>();

    /**
     * @param askForUsage has instances tell their totals, before each batch
     */
    public Meter(Clock clock, Runnable askForUsage) {
        this.clock = clock;
        this.askForUsage = askForUsage;
    }

    /** An instance's totals, and how much of them is written. */
    private static final class Account {
        final String instance;
        final String owner;
        final String service;
        final long startedAt;
        UsageTotals told = UsageTotals.NONE;
        UsageTotals written = UsageTotals.NONE;

        Account(String instance, String owner, String service, long startedAt) {
            this.instance = instance;
            this.owner = owner;
            this.service = service;
            this.startedAt = startedAt;
        }

        synchronized void tell(UsageTotals totals) {
            told = totals;
        }

        synchronized UsageTotals unwritten() {
            UsageTotals rest = told.minus(written);
            written = told;
            return rest;
        }
    }

    /** What belongs to a service but to none of its instances. */
    private static final class Counts {
        final String owner;
        final LongAdder requests = new LongAdder();
        final LongAdder wakes = new LongAdder();
        final LongAdder wakeMicros = new LongAdder();

        Counts(String owner) {
            this.owner = owner;
        }

        UsageTotals take() {
            return new UsageTotals(
                    0,
                    0,
                    0,
                    requests.sumThenReset(),
                    0,
                    0,
                    wakes.sumThenReset(),
                    wakeMicros.sumThenReset(),
                    0);
        }
    }

    public void started(String instance, String owner, String service) {
        instances.put(instance, new Account(instance, owner, service, clock.millis()));
    }

    public void used(
            String instance,
            long guestCpuNanos,
            long kernelCpuNanos,
            long memoryByteMillis,
            long bytesIn,
            long bytesOut) {
        Account account = instances.get(instance);
        if (account != null) {
            account.tell(
                    new UsageTotals(
                            guestCpuNanos / NANOS_PER_MICRO,
                            kernelCpuNanos / NANOS_PER_MICRO,
                            memoryByteMillis,
                            0,
                            bytesIn,
                            bytesOut,
                            0,
                            0,
                            clock.millis() - account.startedAt));
        }
    }

    public void ended(String instance) {
        Account account = instances.remove(instance);
        if (account != null) {
            ended.add(account);
        }
    }

    private Counts counts(String owner, String service) {
        return services.computeIfAbsent(owner + "/" + service, key -> new Counts(owner));
    }

    public void request(String owner, String service) {
        counts(owner, service).requests.increment();
    }

    public void woke(String owner, String service, long nanos) {
        Counts counts = counts(owner, service);
        counts.wakes.increment();
        counts.wakeMicros.add(nanos / NANOS_PER_MICRO);
    }

    @Override
    public Database.Work<?> batch() {
        askForUsage.run();
        Instant hour = clock.instant().truncatedTo(ChronoUnit.HOURS);
        List<UsageTable.Entry> entries = new ArrayList<>();
        for (Account account = ended.poll(); account != null; account = ended.poll()) {
            add(entries, hour, account);
        }
        instances.values().forEach(account -> add(entries, hour, account));
        services.forEach(
                (key, counts) -> {
                    String service = key.substring(key.indexOf('/') + 1);
                    UsageTotals usage = counts.take();
                    if (!usage.equals(UsageTotals.NONE)) {
                        entries.add(new UsageTable.Entry(hour, "", counts.owner, service, usage));
                    }
                });
        return tx -> {
            UsageTable.add(tx, entries);
            return entries.size();
        };
    }

    private static void add(List<UsageTable.Entry> entries, Instant hour, Account account) {
        UsageTotals usage = account.unwritten();
        if (!usage.equals(UsageTotals.NONE)) {
            entries.add(
                    new UsageTable.Entry(
                            hour, account.instance, account.owner, account.service, usage));
        }
    }
}
