package dev.littlecloud.cli.bench;

import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.service.Lease;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.service.ServiceSettings;
import java.util.concurrent.CompletableFuture;

/** A service whose one server is always there. */
record SteadyService(Backend backend) implements Service {
    @Override
    public String name() {
        return "server";
    }

    @Override
    public ServiceSettings settings() {
        return ServiceSettings.DEFAULT;
    }

    @Override
    public CompletableFuture<Lease> acquire() {
        return CompletableFuture.completedFuture(
                new Lease() {
                    @Override
                    public Backend backend() {
                        return backend;
                    }

                    @Override
                    public void release() {
                        // There is always room.
                    }
                });
    }
}
