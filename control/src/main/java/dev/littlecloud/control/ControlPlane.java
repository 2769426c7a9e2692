package dev.littlecloud.control;

import dev.littlecloud.control.api.Api;
import dev.littlecloud.control.deploy.Books;
import dev.littlecloud.control.deploy.Deployments;
import dev.littlecloud.control.deploy.Health;
import dev.littlecloud.control.deploy.Images;
import dev.littlecloud.control.meter.LogBook;
import dev.littlecloud.control.meter.Meter;
import dev.littlecloud.control.meter.MetricsTable;
import dev.littlecloud.control.meter.PriceList;
import dev.littlecloud.control.meter.Recorder;
import dev.littlecloud.control.model.Quotas;
import dev.littlecloud.control.store.Database;
import dev.littlecloud.control.store.OwnerTable;
import dev.littlecloud.control.store.ServiceTable;
import dev.littlecloud.control.store.Vault;
import dev.littlecloud.image.Digest;
import dev.littlecloud.registry.RegistryAccess;
import dev.littlecloud.web.Endpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The control plane of one data directory. */
public final class ControlPlane implements AutoCloseable {
    /** Where the first administrator's token is, in the data directory. */
    public static final String TOKEN_FILE = "token";

    private static final String ADMIN = "admin";

    private final Database database;
    private final Recorder recorder;
    private final LogBook logs;
    private final Deployments deployments;
    private final Workloads workloads;
    private final Endpoint endpoint;

    private ControlPlane(
            Database database,
            Vault vault,
            Path directory,
            Images images,
            Workloads workloads,
            Clock clock,
            String version) {
        this.database = database;
        this.workloads = workloads;
        recorder = new Recorder(database);
        Meter meter = new Meter(clock, workloads::tellUsage);
        logs = new LogBook(database, clock);
        recorder.add(meter);
        recorder.add(logs);
        Books books = new Books(clock, recorder, meter, logs, new MetricsTable(), new Health());
        deployments =
                new Deployments(new Deployments.Parts(database, vault, images, workloads, books));
        Path priceFile = directory.resolve("prices.json");
        endpoint =
                Api.endpoint(
                        database,
                        vault,
                        images,
                        workloads,
                        deployments,
                        books,
                        () -> prices(priceFile),
                        version);
    }

    private static PriceList prices(Path file) {
        try {
            return PriceList.read(file);
        } catch (IOException wrong) {
            throw new ControlException(ControlError.INTERNAL, String.valueOf(wrong.getMessage()));
        }
    }

    /**
     * Opens the control plane, and brings back what is to serve.
     *
     * @param workloads closed with it
     * @param version of this program
     */
    public static ControlPlane open(
            Path dataDirectory, Images images, Workloads workloads, Clock clock, String version)
            throws IOException {
        Database database = Database.open(dataDirectory.resolve("control.db"));
        Vault vault = Vault.open(dataDirectory.resolve("secrets.key"));
        makeAdmin(database, dataDirectory.resolve(TOKEN_FILE), clock);
        ControlPlane plane =
                new ControlPlane(database, vault, dataDirectory, images, workloads, clock, version);
        plane.recorder.start();
        plane.deployments.restore();
        return plane;
    }

    /** The token in the file is an administrator's; without a file, one is made. */
    private static void makeAdmin(Database database, Path file, Clock clock) throws IOException {
        if (!Files.exists(file)) {
            byte[] token = (OwnerTable.newToken() + "\n").getBytes(StandardCharsets.UTF_8);
            Vault.writePrivate(file, token);
        }
        String token = Files.readString(file).strip();
        database.write(
                tx -> {
                    if (OwnerTable.find(tx, ADMIN).isEmpty()) {
                        OwnerTable.put(
                                tx, new OwnerTable.Owner(ADMIN, Quotas.DEFAULT), clock.instant());
                    }
                    OwnerTable.addToken(tx, token, ADMIN, true, clock.instant());
                    return token;
                });
    }

    /** Answers {@code /v1} and {@code /metrics}. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** Who may push and pull images. */
    public RegistryAccess registryAccess() {
        return Api.registryAccess(database);
    }

    /** Manifests that garbage collection in the registry must leave. */
    public Set<Digest> manifestsInUse() {
        return database.read(ServiceTable::imagesInUse).stream()
                .map(Digest::tryParse)
                .flatMap(Optional::stream)
                .collect(Collectors.toSet());
    }

    /** Ends answers that would go on for ever, before the server that carries them is closed. */
    public void endStreams() {
        logs.endFollowing();
    }

    /** Lets requests under way end, ends all instances and writes down what they used. */
    @Override
    public void close() {
        deployments.close();
        workloads.close();
        recorder.close();
        database.close();
    }
}
