package dev.littlecloud.gateway;

import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.service.Lease;
import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.service.ServiceSettings;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A service with one back end, whose leases are counted. */
public final class FakeService implements Service {
    private final String name;
    private final ServiceSettings settings;
    private final Backend backend;
    private final AtomicInteger leases = new AtomicInteger();
    private final AtomicInteger granted = new AtomicInteger();
    private final AtomicInteger streams = new AtomicInteger();
    private final Queue<CompletableFuture<Lease>> waiting = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Refusal refusal;
    private volatile boolean asleep;

    public FakeService(String name, ServiceSettings settings, Backend backend) {
        this.name = name;
        this.settings = settings;
        this.backend = backend;
    }

    /** Leases that were not given back. */
    public int leases() {
        return leases.get();
    }

    /** Leases whose requests became streams of bytes. */
    public int streams() {
        return streams.get();
    }

    public int granted() {
        return granted.get();
    }

    /** Requests that wait for {@link #wake}. */
    public int waiting() {
        return (int) waiting.stream().filter(future -> !future.isDone()).count();
    }

    public FakeService refusing(Refusal why) {
        refusal = why;
        return this;
    }

    public FakeService asleep() {
        asleep = true;
        return this;
    }

    public void wake() {
        asleep = false;
        for (var next = waiting.poll(); next != null; next = waiting.poll()) {
            CompletableFuture<Lease> future = next;
            Thread.ofVirtual().start(() -> future.complete(lease()));
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ServiceSettings settings() {
        return settings;
    }

    @Override
    public CompletableFuture<Lease> acquire() {
        Refusal why = refusal;
        if (why != null) {
            return CompletableFuture.failedFuture(why);
        }
        if (asleep) {
            CompletableFuture<Lease> future = new CompletableFuture<>();
            waiting.add(future);
            return future;
        }
        return CompletableFuture.completedFuture(lease());
    }

    private Lease lease() {
        leases.incrementAndGet();
        granted.incrementAndGet();
        AtomicBoolean released = new AtomicBoolean();
        return new Lease() {
            @Override
            public Backend backend() {
                return backend;
            }

            @Override
            public void becomesStream() {
                streams.incrementAndGet();
            }

            @Override
            public void release() {
                if (released.compareAndSet(false, true)) {
                    leases.decrementAndGet();
                }
            }
        };
    }
}
