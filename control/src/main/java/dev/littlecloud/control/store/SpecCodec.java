package dev.littlecloud.control.store;

import dev.littlecloud.control.model.JsonFields;
import dev.littlecloud.control.model.Scaling;
import dev.littlecloud.control.model.ServiceSpec;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Specifications as JSON: the same in the state and in the API. */
public final class SpecCodec {
    private static final JsonMapper MAPPER = new JsonMapper();

    private SpecCodec() {}

    public static ObjectNode encode(ServiceSpec spec) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("image", spec.image());
        spec.port().ifPresent(port -> json.put("port", port));
        json.put("protocol", spec.protocol());
        spec.publishedPort().ifPresent(port -> json.put("publishedPort", port));
        if (!spec.domains().isEmpty()) {
            spec.domains().forEach(json.putArray("domains")::add);
        }
        if (!spec.command().isEmpty()) {
            spec.command().forEach(json.putArray("command")::add);
        }
        putMap(json, "env", spec.env());
        putMap(json, "secrets", spec.secrets());
        json.put("memoryBytes", spec.memoryBytes());
        json.put("milliCpus", spec.milliCpus());
        json.put("readyWhen", spec.readyWhen());
        json.put("readyTimeoutMillis", spec.readyTimeoutMillis());
        json.put("egress", spec.egress());
        json.set("scaling", encode(spec.scaling()));
        return json;
    }

    private static void putMap(ObjectNode json, String field, Map<String, String> map) {
        if (!map.isEmpty()) {
            ObjectNode object = json.putObject(field);
            map.forEach(object::put);
        }
    }

    private static ObjectNode encode(Scaling scaling) {
        return MAPPER.createObjectNode()
                .put("min", scaling.min())
                .put("max", scaling.max())
                .put("softConcurrency", scaling.softConcurrency())
                .put("hardConcurrency", scaling.hardConcurrency())
                .put("isolation", scaling.isolation())
                .put("idleMillis", scaling.idleMillis())
                .put("stopTimeoutMillis", scaling.stopTimeoutMillis())
                .put("requestTimeoutMillis", scaling.requestTimeoutMillis())
                .put("scaleToZero", scaling.scaleToZero());
    }

    static String text(ServiceSpec spec) {
        return encode(spec).toString();
    }

    static ServiceSpec parse(String text) {
        return ServiceSpec.read(JsonFields.parse(text.getBytes(StandardCharsets.UTF_8)));
    }
}
