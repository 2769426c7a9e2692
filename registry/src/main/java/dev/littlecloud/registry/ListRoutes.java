package dev.littlecloud.registry;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.json.Json;
import dev.littlecloud.web.Exchange;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** "Content Discovery": tags, repositories and referrers. */
final class ListRoutes {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";

    private final Registry registry;

    ListRoutes(Registry registry) {
        this.registry = registry;
    }

    void tags(Exchange exchange, String name) throws IOException {
        ObjectNode body = MAPPER.createObjectNode().put("name", name);
        page(exchange, registry.tags(name), body.putArray("tags"), "/v2/" + name + "/tags/list");
        exchange.answer(200, "application/json", MAPPER.writeValueAsBytes(body));
    }

    void catalog(Exchange exchange) throws IOException {
        ObjectNode body = MAPPER.createObjectNode();
        page(exchange, registry.repositories(), body.putArray("repositories"), "/v2/_catalog");
        exchange.answer(200, "application/json", MAPPER.writeValueAsBytes(body));
    }

    /** The names behind {@code last}, at most {@code n}, and a link to the rest. */
    private static void page(Exchange exchange, List<String> all, ArrayNode into, String path) {
        List<String> rest =
                exchange.query("last").map(last -> Registry.after(all, last)).orElse(all);
        int wanted = exchange.query("n").map(ListRoutes::count).orElse(rest.size());
        List<String> shown = rest.subList(0, Math.min(wanted, rest.size()));
        shown.forEach(into::add);
        if (shown.size() < rest.size() && !shown.isEmpty()) {
            String last = URLEncoder.encode(shown.getLast(), StandardCharsets.UTF_8);
            exchange.set("Link", "<" + path + "?n=" + wanted + "&last=" + last + ">; rel=\"next\"");
        }
    }

    private static int count(String text) {
        if (!text.matches("[0-9]{1,9}")) {
            throw new RegistryException(
                    RegistryErrorCode.SIZE_INVALID, "n=" + text + " is not a number");
        }
        return Integer.parseInt(text);
    }

    /** "Listing Referrers": an index, also for a subject that is not here. */
    void referrers(Exchange exchange, String name, String subject) throws IOException {
        Digest digest = Names.digest(subject);
        Optional<String> type = exchange.query("artifactType");
        ObjectNode index = MAPPER.createObjectNode();
        index.put("schemaVersion", 2);
        index.put("mediaType", INDEX);
        ArrayNode manifests = index.putArray("manifests");
        for (byte[] bytes : registry.referrers(name, digest)) {
            JsonNode descriptor = Json.object(bytes, "a referrer of " + digest);
            if (type.isEmpty()
                    || type.get().equals(descriptor.path("artifactType").stringValue(""))) {
                manifests.add(descriptor);
            }
        }
        if (type.isPresent()) {
            exchange.set("OCI-Filters-Applied", "artifactType");
        }
        exchange.answer(200, INDEX, MAPPER.writeValueAsBytes(index));
    }
}
