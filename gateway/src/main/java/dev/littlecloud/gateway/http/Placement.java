package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Lease;
import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.service.ServiceSettings.Isolation;
import dev.littlecloud.gateway.service.ServiceSettings.Protocol;
import io.netty.channel.EventLoop;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** An exchange's place on an instance: a lease, then a connection. On the exchange's event loop. */
final class Placement {
    private final Front front;
    private final Exchange exchange;
    private final Service service;
    private @Nullable CompletableFuture<Lease> leasing;
    private @Nullable Lease lease;
    private boolean released;

    Placement(Front front, Exchange exchange, Service service) {
        this.front = front;
        this.exchange = exchange;
        this.service = service;
    }

    boolean hasLease() {
        return lease != null;
    }

    /** Asks for a lease and a connection; the exchange is told what comes of it. */
    void acquire() {
        long asked = System.nanoTime();
        CompletableFuture<Lease> future = service.acquire();
        leasing = future;
        if (future.isDone()) {
            if (!future.isCompletedExceptionally() && future.join().hasWaited()) {
                // It was so quick that it did not show.
                front.gateway().metrics().woke(service, System.nanoTime() - asked);
            }
            leased(future);
            return;
        }
        if (exchange.isRequestComplete()) {
            // Only to hear when the client leaves.
            front.read();
        }
        EventLoop loop = front.channel().eventLoop();
        future.whenComplete(
                (granted, failure) -> loop.execute(() -> leasedAfter(future, granted, asked)));
    }

    private void leasedAfter(CompletableFuture<Lease> future, @Nullable Lease granted, long asked) {
        if (granted != null) {
            front.gateway().metrics().woke(service, System.nanoTime() - asked);
        }
        leased(future);
    }

    private void leased(CompletableFuture<Lease> future) {
        leasing = null;
        try {
            Lease granted = future.join();
            if (released) {
                granted.release();
                return;
            }
            lease = granted;
            connect(granted, true);
        } catch (CompletionException | CancellationException failed) {
            if (!released) {
                exchange.refuse(
                        failed.getCause() instanceof Refusal refusal
                                ? refusal
                                : new Refusal(Reason.START_FAILED, "no instance could be had"));
            }
        }
    }

    /** Connects once more, and not by a connection that was kept. */
    void connectAgain() {
        Lease held = lease;
        if (held != null) {
            connect(held, false);
        }
    }

    private void connect(Lease on, boolean byKept) {
        BackPool pool = front.local().pool();
        if (service.settings().protocol() == Protocol.H2C) {
            pool.openStream(on.backend(), front.client().address(), this::connected);
            return;
        }
        boolean shared = service.settings().isolation() == Isolation.INSTANCE;
        BackConnection kept = shared && byKept ? pool.take(on.backend()) : null;
        if (kept != null) {
            connected(kept, null);
        } else {
            pool.connect(on.backend(), front.client().address(), this::connected);
        }
    }

    private void connected(@Nullable BackConnection connection, @Nullable Throwable failure) {
        if (connection == null) {
            if (!released) {
                exchange.refuse(Refusals.notConnected(service, failure));
            }
        } else if (released) {
            connection.close();
        } else {
            exchange.connected(connection);
        }
    }

    /** The exchange goes on as a stream of bytes. */
    void becomesStream() {
        Lease held = lease;
        if (held != null) {
            held.becomesStream();
        }
    }

    /** Gives the place back, or gives up waiting for it. */
    void release() {
        released = true;
        CompletableFuture<Lease> waiting = leasing;
        if (waiting != null) {
            waiting.cancel(false);
        }
        Lease held = lease;
        lease = null;
        if (held != null) {
            held.release();
        }
    }
}
