package dev.littlecloud.control.api;

import dev.littlecloud.control.deploy.Deployments;
import dev.littlecloud.control.meter.LogBook;
import dev.littlecloud.control.meter.MetricsTable;
import dev.littlecloud.control.model.Event;
import dev.littlecloud.control.model.LogLine;
import dev.littlecloud.control.model.ServiceRecord;
import dev.littlecloud.control.store.Database;
import dev.littlecloud.control.store.EventTable;
import dev.littlecloud.control.store.LogTable;
import dev.littlecloud.control.store.ServiceTable;
import dev.littlecloud.control.store.Transaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What runs, and what is heard of it: instances, events, logs, counts. */
final class RunRoutes implements ApiEndpoint.Routes {
    private static final int MOST_LINES = 10_000;
    private static final int LINES_AT_A_TIME = 500;
    private static final long HEARTBEAT_MILLIS = 10_000;

    private final Database database;
    private final Deployments deployments;
    private final LogBook logs;
    private final MetricsTable metrics;

    RunRoutes(Database database, Deployments deployments, LogBook logs, MetricsTable metrics) {
        this.database = database;
        this.deployments = deployments;
        this.logs = logs;
        this.metrics = metrics;
    }

    @Override
    public void addTo(Router router) {
        router.get("/v1/instances", this::instances);
        router.get("/v1/events", RunRoutes::events);
        router.stream("/v1/services/{name}/logs", this::logs);
        router.get(
                "/v1/services/{name}/metrics",
                (call, tx) -> Reply.json(200, Views.metrics(metrics.of(call.service(tx).name()))));
    }

    private Reply instances(Call call, Transaction tx) throws SQLException {
        Optional<String> wanted = call.exchange().query("service");
        List<ObjectNode> all = new ArrayList<>();
        for (ServiceRecord service : ServiceTable.list(tx, call.caller().scope())) {
            if (wanted.isEmpty() || wanted.get().equals(service.name())) {
                deployments
                        .instances(service.name())
                        .forEach(
                                (revision, running) ->
                                        running.forEach(
                                                instance ->
                                                        all.add(
                                                                Views.instance(
                                                                        service.name(),
                                                                        revision,
                                                                        instance))));
            }
        }
        return Reply.json(200, Views.list("instances", all));
    }

    private static Reply events(Call call, Transaction tx) throws SQLException {
        String owner = call.caller().scope().orElse("");
        String service = call.exchange().query("service").orElse("");
        int limit = (int) call.number("limit", 100, 1, 1000);
        long after = call.number("after", -1, 0, Long.MAX_VALUE);
        List<Event> events =
                after < 0
                        ? EventTable.last(tx, owner, service, limit)
                        : EventTable.after(tx, owner, service, after, limit);
        return Reply.json(200, Views.list("events", events.stream().map(Views::event).toList()));
    }

    private void logs(Call call) throws IOException {
        String service = database.read(call::service).name();
        int tail = (int) call.number("tail", 100, 0, MOST_LINES);
        long after = call.number("after", -1, 0, Long.MAX_VALUE);
        boolean follows = call.exchange().query("follow").filter("true"::equals).isPresent();
        List<LogLine> lines =
                database.read(
                        tx ->
                                after < 0
                                        ? LogTable.last(tx, service, tail)
                                        : LogTable.after(tx, service, after, MOST_LINES));
        call.exchange().set("Content-Type", "application/x-ndjson");
        call.exchange().set("Cache-Control", "no-store");
        try (OutputStream out = call.exchange().stream(200)) {
            if (call.exchange().isHead()) {
                return;
            }
            long last = Math.max(after, 0);
            out.write(text(lines));
            while (follows && !logs.isEnding()) {
                last = lines.isEmpty() ? last : lines.getLast().id();
                lines = logs.await(service, last, LINES_AT_A_TIME, HEARTBEAT_MILLIS);
                out.write(text(lines));
                follows = !lines.isEmpty() || exists(service);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean exists(String service) {
        return database.read(tx -> ServiceTable.find(tx, service)).isPresent();
    }

    /** The lines, or an empty one that keeps the connection open. */
    private static byte[] text(List<LogLine> lines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (LogLine line : lines) {
            bytes.writeBytes(Views.bytes(Views.logLine(line)));
            bytes.write('\n');
        }
        if (lines.isEmpty()) {
            bytes.write('\n');
        }
        return bytes.toByteArray();
    }
}
