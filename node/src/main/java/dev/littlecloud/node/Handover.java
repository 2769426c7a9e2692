package dev.littlecloud.node;

import dev.littlecloud.gateway.service.Lease;
import dev.littlecloud.gateway.service.Service;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** How places reach those who asked for them. */
final class Handover {
    private Handover() {}

    /** Gives a place to who waits for it, or back where that one has gone away. */
    static void give(CompletableFuture<Lease> place, Lease lease) {
        if (!place.complete(lease)) {
            lease.release();
        }
    }

    /** A request that was led to one revision before another took over is that one's. */
    static void passOn(CompletableFuture<Lease> place, Service next) {
        CompletableFuture<Lease> there = next.acquire();
        var _ =
                there.whenComplete(
                        (lease, refused) -> {
                            if (lease != null) {
                                give(place, lease);
                            } else {
                                place.completeExceptionally(
                                        refused instanceof CompletionException wrapped
                                                        && wrapped.getCause() != null
                                                ? wrapped.getCause()
                                                : refused);
                            }
                        });
        var _ = place.whenComplete((lease, gone) -> there.cancel(false));
    }
}
