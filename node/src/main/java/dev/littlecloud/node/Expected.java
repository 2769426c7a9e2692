package dev.littlecloud.node;

import dev.littlecloud.control.model.ServiceSpec;
import dev.littlecloud.gateway.service.Lease;
import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.service.ServiceSettings;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A service that will be there soon, after a restart: its requests wait for it. */
final class Expected implements Service {
    private final String name;
    private final ServiceSettings settings;
    private final CompletableFuture<Fleet> real = new CompletableFuture<>();

    Expected(String name, ServiceSpec spec) {
        this.name = name;
        this.settings = Settings.of(spec);
    }

    void isHere(Fleet service) {
        real.complete(service);
    }

    /** The service, once it is there. */
    Optional<Fleet> fleet() {
        return real.isDone() && !real.isCompletedExceptionally()
                ? Optional.of(real.join())
                : Optional.empty();
    }

    void willNotCome() {
        real.completeExceptionally(
                new Refusal(Reason.START_FAILED, "the service '" + name + "' does not start"));
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
        CompletableFuture<Lease> place = new CompletableFuture<>();
        CompletableFuture<Void> unused =
                real.handle(
                        (service, failure) -> {
                            if (failure != null) {
                                place.completeExceptionally(failure);
                                return null;
                            }
                            forward(service, place);
                            return null;
                        });
        return place;
    }

    private static void forward(Service service, CompletableFuture<Lease> place) {
        CompletableFuture<Lease> asked = service.acquire();
        CompletableFuture<Void> unused =
                asked.handle(
                        (lease, failure) -> {
                            if (failure != null) {
                                place.completeExceptionally(failure);
                            } else if (!place.complete(lease)) {
                                lease.release();
                            }
                            return null;
                        });
    }
}
