package dev.littlecloud.control.api;

import dev.littlecloud.control.Workloads;
import dev.littlecloud.control.deploy.Deployments;
import dev.littlecloud.control.deploy.Health;
import dev.littlecloud.control.meter.MetricsTable;
import dev.littlecloud.control.meter.ServiceMetrics;
import dev.littlecloud.control.model.ServiceRecord;
import dev.littlecloud.control.store.SpecCodec;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** A service as the API shows it: the state, and what runs of it now. */
final class ServiceViews {
    private final Workloads workloads;
    private final Deployments deployments;
    private final MetricsTable metrics;
    private final Health health;

    ServiceViews(
            Workloads workloads, Deployments deployments, MetricsTable metrics, Health health) {
        this.workloads = workloads;
        this.deployments = deployments;
        this.metrics = metrics;
        this.health = health;
    }

    ObjectNode service(ServiceRecord record) {
        ObjectNode json = Views.object();
        json.put("name", record.name());
        json.put("owner", record.owner());
        json.put("url", workloads.url(record.name(), record.spec()));
        Optional<String> crashes = health.crashLoop(record.name());
        json.put("state", state(record, crashes.isPresent()));
        crashes.or(() -> record.latest().reason()).ifPresent(why -> json.put("reason", why));
        json.set("spec", SpecCodec.encode(record.spec()));
        json.put("version", record.version());
        record.serving().ifPresent(number -> json.put("servingRevision", number));
        json.set("latestRevision", Views.revision(record.latest()));
        json.put(
                "instances",
                deployments.instances(record.name()).values().stream().mapToInt(List::size).sum());
        ServiceMetrics counts = metrics.of(record.name());
        json.put("requests", counts.requests());
        counts.lastWakeMicros().ifPresent(micros -> json.put("lastWakeMicros", micros));
        json.put("createdAt", record.createdAt().toString());
        json.put("updatedAt", record.updatedAt().toString());
        return json;
    }

    private static String state(ServiceRecord record, boolean isCrashing) {
        if (isCrashing) {
            return "crash-loop";
        }
        return switch (record.latest().state()) {
            case PENDING, PULLING, STARTING -> "deploying";
            case FAILED -> "failed";
            case READY, SUPERSEDED -> "ready";
        };
    }
}
