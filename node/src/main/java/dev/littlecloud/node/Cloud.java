package dev.littlecloud.node;

import dev.littlecloud.control.ControlPlane;
import dev.littlecloud.control.deploy.Images;
import dev.littlecloud.gateway.EventLoops;
import dev.littlecloud.gateway.Gateway;
import dev.littlecloud.gateway.GatewayConfig;
import dev.littlecloud.image.ImageLimits;
import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.image.registry.HttpRegistryClient;
import dev.littlecloud.image.registry.RegistryClient;
import dev.littlecloud.registry.LocalRegistryClient;
import dev.littlecloud.registry.Registry;
import dev.littlecloud.registry.RegistryAccess;
import dev.littlecloud.registry.RegistryEndpoint;
import dev.littlecloud.runtime.host.PatientCompilers;
import dev.littlecloud.runtime.host.ShortTurns;
import dev.littlecloud.web.WebServer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A cloud on one machine: registry, control plane, gateway and what runs services, in a process. */
public final class Cloud implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Cloud.class.getName());
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final Duration GARBAGE_GRACE = Duration.ofHours(24);
    private static final long GARBAGE_INTERVAL_HOURS = 6;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final CloudConfig config;
    private @Nullable Gateway gateway;
    private Function<Duration, Registry.Collected> garbage =
            grace -> new Registry.Collected(0, 0, 0, 0);
    private int gatewayPort;
    private OptionalInt httpsPort = OptionalInt.empty();
    private Optional<Path> developmentRoot = Optional.empty();
    private int apiPort;
    private int registryPort;

    private Cloud(CloudConfig config) {
        this.config = config;
    }

    /**
     * Starts a cloud and brings back its services.
     *
     * @param version of this program
     * @throws IOException when an address is taken, the data is another cloud's, or the disk fails
     */
    public static Cloud start(CloudConfig config, Launcher launcher, String version)
            throws IOException {
        Cloud cloud = new Cloud(config);
        try {
            cloud.open(launcher, version);
            return cloud;
        } catch (IOException | RuntimeException failure) {
            cloud.close();
            throw failure;
        }
    }

    private void open(Launcher launcher, String version) throws IOException {
        Path data = Files.createDirectories(config.data());
        parts.push(lock(data.resolve("cloud.lock")));
        parts.push(PatientCompilers.start());
        Registry registry = Registry.open(data);
        registryPort = chosen(config.registryPort());
        Set<String> names = Set.of("localhost:" + registryPort, "127.0.0.1:" + registryPort);
        ImageStore store =
                ImageStore.open(data, ImageLimits.DEFAULT, name -> client(registry, names, name));
        NodeWorkloads workloads = new NodeWorkloads(launcher, data, config.domain(), DRAIN);
        gatewayPort = chosen(config.gatewayPort());
        workloads.gatewayPort(gatewayPort);
        Certificates edge = Certificates.open(config.edge(), data, Clock.systemUTC());
        parts.push(edge);
        developmentRoot = edge.developmentRoot();
        Gateway carrier =
                Gateway.create(
                        gatewayConfig(),
                        workloads.routes(),
                        workloads,
                        edge.sources(),
                        edge.challenges());
        gateway = carrier;
        workloads.carrier(carrier);
        // Closed behind the control plane, which lets requests under way end; opened behind it,
        // too,
        // so that a request right after a restart finds its service.
        parts.push(this::closeGateway);
        ControlPlane plane =
                ControlPlane.open(
                        data, new Images(store, names), workloads, Clock.systemUTC(), version);
        parts.push(plane);
        registry.inUse(plane::manifestsInUse);
        garbage = grace -> registry.collectGarbage(plane.manifestsInUse(), grace);
        carrier.listen();
        edge.follow(workloads.routes());
        RegistryAccess access =
                config.isRegistryOpen() ? RegistryAccess.OPEN : plane.registryAccess();
        parts.push(
                WebServer.start(
                        server("registry", registryPort), new RegistryEndpoint(registry, access)));
        WebServer api = WebServer.start(server("api", config.apiPort()), plane.endpoint());
        parts.push(api);
        apiPort = api.port();
        parts.push(plane::endStreams);
        parts.push(garbageTimer());
    }

    private GatewayConfig gatewayConfig() throws IOException {
        ShortTurns.giveToCollector();
        InetSocketAddress address = new InetSocketAddress(config.host(), gatewayPort);
        EdgeConfig edge = config.edge();
        GatewayConfig plain =
                GatewayConfig.DEFAULT
                        .withHttp(address)
                        .withLoops(EventLoops.DEFAULT.beginningWith(ShortTurns::take))
                        .withPortAddress(address.getAddress())
                        .withProxyPeers(edge.proxyPeers())
                        .withTrustedProxies(edge.trustedProxies());
        if (edge.httpsPort().isEmpty()) {
            return plain;
        }
        httpsPort = OptionalInt.of(chosen(edge.httpsPort().getAsInt()));
        GatewayConfig both =
                plain.withHttps(new InetSocketAddress(config.host(), httpsPort.getAsInt()));
        return edge.redirectsToHttps() ? both.withRedirect(httpsPort.getAsInt()) : both;
    }

    private void closeGateway() {
        Gateway open = gateway;
        if (open != null) {
            open.close();
        }
    }

    private static RegistryClient client(Registry registry, Set<String> own, RegistryName name) {
        return own.contains(name.registry())
                ? new LocalRegistryClient(registry, name.repository())
                : new HttpRegistryClient(name);
    }

    private WebServer.Config server(String name, int port) {
        return new WebServer.Config(
                name, config.host(), port, Duration.ofSeconds(60), Duration.ofSeconds(5));
    }

    /** Ports that are part of names and URLs, so they are chosen before they are used. */
    private int chosen(int port) throws IOException {
        if (port != 0) {
            return port;
        }
        try (ServerSocket free = new ServerSocket()) {
            free.bind(new InetSocketAddress(config.host(), 0));
            return free.getLocalPort();
        }
    }

    /** Two clouds on one data directory would undo each other's work. */
    private static AutoCloseable lock(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new IOException(
                    "another 'littlecloud up' runs with the data in " + file.getParent());
        }
        return channel;
    }

    private AutoCloseable garbageTimer() {
        ScheduledExecutorService timer =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("registry-garbage").factory());
        ScheduledFuture<?> unused =
                timer.scheduleWithFixedDelay(
                        this::collectOldGarbage,
                        GARBAGE_INTERVAL_HOURS,
                        GARBAGE_INTERVAL_HOURS,
                        TimeUnit.HOURS);
        return timer::shutdownNow;
    }

    private void collectOldGarbage() {
        try {
            LOG.log(Level.DEBUG, "garbage in the registry: {0}", collectGarbage(GARBAGE_GRACE));
        } catch (RuntimeException failure) {
            // Tried again later; a timer's task that throws would not be.
            LOG.log(Level.WARNING, "collecting garbage in the registry", failure);
        }
    }

    /**
     * Removes from the registry what no tag, index or deployed revision needs; done every few hours.
     *
     * @param grace how long something must have been without use
     */
    public Registry.Collected collectGarbage(Duration grace) {
        return garbage.apply(grace);
    }

    public int gatewayPort() {
        return gatewayPort;
    }

    /** Where connections with TLS come in. */
    public OptionalInt httpsPort() {
        return httpsPort;
    }

    /** The certificate to trust for names below localhost. */
    public Optional<Path> developmentRoot() {
        return developmentRoot;
    }

    public int apiPort() {
        return apiPort;
    }

    public int registryPort() {
        return registryPort;
    }

    /** Takes no more requests, lets those under way end, and gives everything back. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception failure) {
                // The others are to be closed, too.
                LOG.log(Level.WARNING, "shutting down", failure);
            }
        }
    }
}
