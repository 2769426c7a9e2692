package dev.littlecloud.node;

import dev.littlecloud.control.WorkloadException;
import dev.littlecloud.control.Workloads.Order;
import dev.littlecloud.control.Workloads.RevisionName;
import dev.littlecloud.image.ImageConfig.Healthcheck;
import dev.littlecloud.node.FrozenRevision.Origin;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.network.Neighbours;
import dev.littlecloud.runtime.template.Burst;
import dev.littlecloud.runtime.template.LocalTemplates;
import dev.littlecloud.runtime.template.Readiness;
import dev.littlecloud.runtime.template.Seal;
import dev.littlecloud.runtime.template.Template;
import dev.littlecloud.runtime.template.Templates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Boots a revision once, freezes it when it is ready, and starts instances as clones of that. */
public final class CloneLauncher implements Launcher {
    private static final Duration HEALTH_INTERVAL = Duration.ofSeconds(1);

    /** Of a service that was never asked, so many requests are to be expected at once. */
    private static final int REQUESTS_AT_ONCE = 100;

    private final Templates templates;
    private final Snapshots snapshots;

    /**
     * @param snapshots where templates and frozen instances are kept
     */
    CloneLauncher(Templates templates, Snapshots snapshots) {
        this.templates = templates;
        this.snapshots = snapshots;
    }

    /**
     * One that keeps what it freezes below a data directory.
     *
     * @throws IOException when the disk fails
     */
    public static CloneLauncher of(Path data) throws IOException {
        Files.createDirectories(data);
        Seal seal = Seal.of(Snapshots.key(data.resolve("snapshots.key")));
        Snapshots snapshots = new Snapshots(data.resolve("snapshots"), seal);
        return new CloneLauncher(new LocalTemplates(seal), snapshots);
    }

    @Override
    public void keepOnly(Set<RevisionName> revisions) {
        snapshots.keepOnly(revisions);
    }

    @Override
    public Prepared prepare(Order order, Neighbours neighbours, Consumer<String> lost)
            throws WorkloadException, InterruptedException {
        int port = Specs.port(order);
        Templates theirs = templates.among(neighbours);
        Origin origin = new Origin(Specs.instance(order, List.of()), order.image(), port);
        Shelf shelf = snapshots.of(order.name());
        Optional<Template> kept =
                shelf.newest(Shelf.TEMPLATE).flatMap(path -> load(theirs, path, origin, lost));
        if (kept.isPresent()) {
            // Where an instance is frozen, that one goes on at the next request, and not a clone.
            if (shelf.newest(Shelf.STATE).isEmpty()) {
                kept.get().stageAgain();
            }
            return new FrozenRevision(theirs, origin, kept.get(), shelf, lost);
        }
        Duration deadline = Duration.ofMillis(order.spec().readyTimeoutMillis());
        try {
            Template template =
                    theirs.boot(origin.spec(), order.image(), readiness(order, port), deadline);
            FrozenRevision made = new FrozenRevision(theirs, origin, template, shelf, lost);
            made.saveTemplate();
            if (!order.spec().scaling().isStateful()) {
                made.expect(firstBurst(order), request(order));
            }
            return made;
        } catch (InstanceException | IllegalArgumentException refused) {
            throw new WorkloadException(String.valueOf(refused.getMessage()), refused);
        }
    }

    /** Who says that an instance takes few requests at a time means that there will be many. */
    private static Burst firstBurst(Order order) {
        int soft = order.spec().scaling().soft();
        return Burst.now((REQUESTS_AT_ONCE + soft - 1) / soft);
    }

    /** What a browser would ask first. */
    private static Optional<byte[]> request(Order order) {
        String get =
                "GET / HTTP/1.1\r\nHost: %s\r\nUser-Agent: littlecloud\r\nAccept: */*\r\n"
                        + "Connection: close\r\n\r\n";
        return order.spec().protocol().equals("http1")
                ? Optional.of(get.formatted(order.service()).getBytes(StandardCharsets.US_ASCII))
                : Optional.empty();
    }

    private static Optional<Template> load(
            Templates templates, Path folder, Origin origin, Consumer<String> lost) {
        try {
            return Optional.of(templates.load(folder, origin.spec(), origin.image()));
        } catch (InstanceException unusable) {
            lost.accept(unusable.getMessage() + "; it is booted again");
            return Optional.empty();
        }
    }

    /** What the service asked for; by itself HEALTHCHECK where the image has one, else its port. */
    private static Readiness readiness(Order order, int port) {
        Optional<Readiness> check = healthCheck(order);
        return switch (order.spec().readyWhen()) {
            case "told" -> new Readiness.Told();
            case "listening" -> new Readiness.Listens(port);
            case "healthy" ->
                    check.orElseThrow(
                            () ->
                                    new IllegalArgumentException(
                                            "the image has no HEALTHCHECK that could be passed: deploy"
                                                    + " with readyWhen listening or told"));
            default -> check.orElse(new Readiness.Listens(port));
        };
    }

    /** HEALTHCHECK as Docker reads it. */
    private static Optional<Readiness> healthCheck(Order order) {
        List<String> test =
                order.image().config().healthcheck().map(Healthcheck::test).orElse(List.of());
        if (test.size() < 2) {
            return Optional.empty();
        }
        List<String> command = new ArrayList<>();
        if (test.getFirst().equals("CMD-SHELL")) {
            command.addAll(List.of("/bin/sh", "-c"));
        }
        command.addAll(test.subList(1, test.size()));
        return Optional.of(new Readiness.Command(command, HEALTH_INTERVAL));
    }
}
