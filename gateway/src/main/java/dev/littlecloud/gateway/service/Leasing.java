package dev.littlecloud.gateway.service;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A lease that somebody asks for, waits for, holds and gives back. On the asker's event loop. */
public final class Leasing {
    /** Hears what becomes of it, unless it has been given up. */
    public interface Asker {
        void leased(Lease lease);

        /**
         * There is none.
         *
         * @param why a {@link Refusal} where the service says so
         */
        void notLeased(@Nullable Throwable why);
    }

    private final Service service;
    private final GatewayMetrics metrics;
    private final Executor loop;
    private final Asker asker;
    private @Nullable CompletableFuture<Lease> waiting;
    private @Nullable Lease lease;
    private boolean released;

    public Leasing(Service service, GatewayMetrics metrics, Executor loop, Asker asker) {
        this.service = service;
        this.metrics = metrics;
        this.loop = loop;
        this.asker = asker;
    }

    /** Asks, once; false where the asker will hear later. */
    public boolean ask() {
        long asked = System.nanoTime();
        CompletableFuture<Lease> future = service.acquire();
        waiting = future;
        if (future.isDone()) {
            if (!future.isCompletedExceptionally() && future.join().hasWaited()) {
                // It was so quick that it did not show.
                metrics.woke(service, System.nanoTime() - asked);
            }
            answered(future);
            return true;
        }
        future.whenComplete(
                (granted, failure) -> loop.execute(() -> answeredLater(future, granted, asked)));
        return false;
    }

    private void answeredLater(
            CompletableFuture<Lease> future, @Nullable Lease granted, long asked) {
        if (granted != null) {
            metrics.woke(service, System.nanoTime() - asked);
        }
        answered(future);
    }

    private void answered(CompletableFuture<Lease> future) {
        waiting = null;
        Lease granted;
        try {
            granted = future.join();
        } catch (CompletionException | CancellationException failed) {
            if (!released) {
                asker.notLeased(failed.getCause());
            }
            return;
        }
        if (released) {
            granted.release();
        } else {
            lease = granted;
            asker.leased(granted);
        }
    }

    /** What is held; null before and after. */
    public @Nullable Lease lease() {
        return lease;
    }

    /** Gives the place back, or gives up waiting for it. */
    public void release() {
        released = true;
        CompletableFuture<Lease> future = waiting;
        if (future != null) {
            future.cancel(false);
        }
        Lease held = lease;
        lease = null;
        if (held != null) {
            held.release();
        }
    }
}
