package dev.littlecloud.gateway.service;

import java.util.concurrent.CompletableFuture;

/**
 * One revision of a service as the gateway sees it. A new revision is another object in the {@link
 * Routes}; who holds a lease of the old one keeps it until its request is done.
 */
public interface Service {
    /** The name that errors and metrics show. */
    String name();

    ServiceSettings settings();

    /**
     * Asks for a place on an instance, starting one where that is needed. Never blocks; the answer
     * comes on any thread. Cancelling the future gives up the place in the queue.
     *
     * @return a lease, or failed with a {@link Refusal}
     */
    CompletableFuture<Lease> acquire();
}
