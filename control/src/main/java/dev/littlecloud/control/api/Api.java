package dev.littlecloud.control.api;

import dev.littlecloud.control.Workloads;
import dev.littlecloud.control.deploy.Books;
import dev.littlecloud.control.deploy.Deployments;
import dev.littlecloud.control.deploy.Images;
import dev.littlecloud.control.meter.PriceList;
import dev.littlecloud.control.store.Database;
import dev.littlecloud.control.store.Vault;
import dev.littlecloud.registry.RegistryAccess;
import dev.littlecloud.web.Endpoint;
import java.util.List;
import java.util.function.Supplier;

/** Puts the API together. */
public final class Api {
    private Api() {}

    /**
     * The endpoint for {@code /v1} and {@code /metrics}.
     *
     * @param version of this program
     * @param prices read for each bill
     */
    public static Endpoint endpoint(
            Database database,
            Vault vault,
            Images images,
            Workloads workloads,
            Deployments deployments,
            Books books,
            Supplier<PriceList> prices,
            String version) {
        ServiceViews views =
                new ServiceViews(workloads, deployments, books.metrics(), books.health());
        return new ApiEndpoint(
                database,
                vault,
                new Tokens(database),
                books.clock(),
                List.of(
                        new AboutRoutes(version),
                        new ServiceRoutes(deployments, images, views, workloads),
                        new RunRoutes(database, deployments, books.logs(), books.metrics()),
                        new ImageRoutes(images.store()),
                        new SecretRoutes(vault),
                        new QuotaRoutes(),
                        new TokenRoutes(),
                        new UsageRoutes(prices),
                        new PrometheusRoutes(books.metrics(), deployments)));
    }

    /** Lets owners push and pull below their own name, and administrators everywhere. */
    public static RegistryAccess registryAccess(Database database) {
        return new OwnersAccess(new Tokens(database));
    }
}
