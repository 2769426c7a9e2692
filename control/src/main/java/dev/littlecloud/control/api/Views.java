package dev.littlecloud.control.api;

import dev.littlecloud.control.ControlError;
import dev.littlecloud.control.Workloads.RunningInstance;
import dev.littlecloud.control.meter.ServiceMetrics;
import dev.littlecloud.control.model.Event;
import dev.littlecloud.control.model.LogLine;
import dev.littlecloud.control.model.Quotas;
import dev.littlecloud.control.model.Revision;
import dev.littlecloud.control.model.UsageTotals;
import dev.littlecloud.control.store.SpecCodec;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How things look in the API. */
final class Views {
    private static final JsonMapper MAPPER = new JsonMapper();

    private Views() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static byte[] bytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }

    /** {@code {"name": [...]}}. */
    static ObjectNode list(String name, List<? extends JsonNode> elements) {
        ObjectNode object = object();
        ArrayNode array = object.putArray(name);
        elements.forEach(array::add);
        return object;
    }

    static ObjectNode error(ControlError error, String message, Map<String, Object> details) {
        ObjectNode json = object();
        json.put("code", error.code());
        json.put("message", message);
        json.set("details", MAPPER.valueToTree(details));
        return json;
    }

    static ObjectNode revision(Revision revision) {
        ObjectNode json = object();
        json.put("number", revision.number());
        json.put("state", revision.state().text());
        revision.reason().ifPresent(reason -> json.put("reason", reason));
        revision.imageId().ifPresent(id -> json.put("imageId", id));
        revision.manifest().ifPresent(digest -> json.put("manifest", digest));
        json.set("spec", SpecCodec.encode(revision.spec()));
        json.put("createdAt", revision.createdAt().toString());
        revision.readyAt().ifPresent(time -> json.put("readyAt", time.toString()));
        return json;
    }

    static ObjectNode instance(String service, int revision, RunningInstance instance) {
        return object().put("id", instance.id())
                .put("service", service)
                .put("revision", revision)
                .put("startedAt", instance.startedAt().toString())
                .put("activeRequests", instance.activeRequests())
                .put("memoryBytes", instance.memoryBytes());
    }

    static ObjectNode event(Event event) {
        ObjectNode json = object();
        json.put("id", event.id());
        json.put("at", event.at().toString());
        json.put("service", event.service());
        event.revision().ifPresent(number -> json.put("revision", number));
        event.instance().ifPresent(id -> json.put("instance", id));
        json.put("kind", event.kind().text());
        json.put("message", event.message());
        return json;
    }

    static ObjectNode logLine(LogLine line) {
        return object().put("id", line.id())
                .put("at", line.at().toString())
                .put("instance", line.instance())
                .put("stream", line.isError() ? "stderr" : "stdout")
                .put("text", line.text());
    }

    static ObjectNode metrics(ServiceMetrics metrics) {
        ObjectNode json = object();
        json.put("requests", metrics.requests());
        json.put("failedRequests", metrics.failedRequests());
        json.put("bytesIn", metrics.bytesIn());
        json.put("bytesOut", metrics.bytesOut());
        json.put("wakes", metrics.wakeCount());
        metrics.lastWakeMicros().ifPresent(micros -> json.put("lastWakeMicros", micros));
        ArrayNode buckets = json.putArray("wakeMillis");
        List<Long> counts = metrics.wakes();
        for (int i = 0; i < counts.size(); i++) {
            ObjectNode bucket = buckets.addObject();
            if (i < ServiceMetrics.BUCKETS) {
                bucket.put("atMost", ServiceMetrics.boundMillis(i));
            }
            bucket.put("count", counts.get(i));
        }
        return json;
    }

    static ObjectNode quotas(Quotas quotas) {
        return object().put("services", quotas.services())
                .put("instances", quotas.instances())
                .put("memoryBytes", quotas.memoryBytes());
    }

    static ObjectNode usage(UsageTotals usage) {
        return object().put("guestCpuMicros", usage.guestCpuMicros())
                .put("kernelCpuMicros", usage.kernelCpuMicros())
                .put("memoryByteMillis", usage.memoryByteMillis())
                .put("requests", usage.requests())
                .put("bytesIn", usage.bytesIn())
                .put("bytesOut", usage.bytesOut())
                .put("wakes", usage.wakes())
                .put("wakeMicros", usage.wakeMicros())
                .put("instanceMillis", usage.instanceMillis());
    }
}
