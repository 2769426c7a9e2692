package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Lease;
import dev.littlecloud.gateway.service.Leasing;
import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.service.ServiceSettings.Isolation;
import dev.littlecloud.gateway.service.ServiceSettings.Protocol;
import org.jspecify.annotations.Nullable;

/** An exchange's place on an instance: a lease, then a connection. On the exchange's event loop. */
final class Placement implements Leasing.Asker {
    private final Front front;
    private final Exchange exchange;
    private final Service service;
    private final Leasing leasing;
    private boolean released;

    Placement(Front front, Exchange exchange, Service service) {
        this.front = front;
        this.exchange = exchange;
        this.service = service;
        this.leasing =
                new Leasing(service, front.gateway().metrics(), front.channel().eventLoop(), this);
    }

    boolean hasLease() {
        return leasing.lease() != null;
    }

    /** Asks for a lease and a connection; the exchange is told what comes of it. */
    void acquire() {
        if (!leasing.ask() && exchange.isRequestComplete()) {
            // Only to hear when the client leaves.
            front.read();
        }
    }

    @Override
    public void leased(Lease lease) {
        connect(lease, true);
    }

    @Override
    public void notLeased(@Nullable Throwable why) {
        exchange.refuse(
                why instanceof Refusal refusal
                        ? refusal
                        : new Refusal(Reason.START_FAILED, "no instance could be had"));
    }

    /** Connects once more, and not by a connection that was kept. */
    void connectAgain() {
        Lease held = leasing.lease();
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
        Lease held = leasing.lease();
        if (held != null) {
            held.becomesStream();
        }
    }

    /** Gives the place back, or gives up waiting for it. */
    void release() {
        released = true;
        leasing.release();
    }
}
