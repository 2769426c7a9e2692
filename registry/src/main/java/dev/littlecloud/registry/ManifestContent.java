package dev.littlecloud.registry;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a registry wants to know of a manifest or index.
 *
 * @param mediaType what it says to be; empty where it does not say
 * @param blobs the configuration and layers it needs, without those that are elsewhere by URL
 * @param manifests of an index
 * @param subject the manifest that this one is about
 * @param artifactType for lists of referrers
 */
record ManifestContent(
        String mediaType,
        List<Digest> blobs,
        List<Digest> manifests,
        Optional<Digest> subject,
        String artifactType,
        JsonNode annotations) {
    private static final String LABEL = "the manifest";
    private static final JsonMapper MAPPER = new JsonMapper();

    /**
     * Reads a manifest.
     *
     * @throws RegistryException MANIFEST_INVALID
     */
    static ManifestContent parse(byte[] bytes) {
        try {
            return read(Json.object(bytes, LABEL));
        } catch (ImageException e) {
            throw new RegistryException(
                    RegistryErrorCode.MANIFEST_INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private static ManifestContent read(JsonNode json) {
        long schema = Json.number(json, "schemaVersion", 2, LABEL);
        if (schema != 2) {
            throw ImageException.malformed(
                    "manifests of schema version " + schema + " are not taken; use version 2");
        }
        JsonNode config = Json.objectIn(json, "config", LABEL);
        List<Digest> blobs = new ArrayList<>();
        if (!config.isEmpty()) {
            blobs.add(Json.digest(config, "digest", LABEL));
        }
        for (String field : List.of("layers", "blobs")) {
            for (JsonNode layer : Json.array(json, field, LABEL)) {
                if (Json.array(layer, "urls", LABEL).isEmpty()) {
                    blobs.add(Json.digest(layer, "digest", LABEL));
                }
            }
        }
        List<Digest> manifests = new ArrayList<>();
        for (JsonNode child : Json.array(json, "manifests", LABEL)) {
            manifests.add(Json.digest(child, "digest", LABEL));
        }
        JsonNode subject = Json.objectIn(json, "subject", LABEL);
        String artifactType = Json.text(json, "artifactType", LABEL);
        // "Listing Referrers": an image manifest without artifactType goes by its configuration's.
        return new ManifestContent(
                Json.text(json, "mediaType", LABEL),
                blobs,
                manifests,
                subject.isEmpty()
                        ? Optional.empty()
                        : Optional.of(Json.digest(subject, "digest", LABEL)),
                artifactType.isEmpty() ? Json.text(config, "mediaType", LABEL) : artifactType,
                Json.objectIn(json, "annotations", LABEL));
    }

    /** This manifest in a list of referrers. */
    byte[] descriptor(String type, Digest digest, long size) {
        ObjectNode descriptor = MAPPER.createObjectNode();
        descriptor.put("mediaType", type);
        descriptor.put("digest", digest.toString());
        descriptor.put("size", size);
        if (!artifactType.isEmpty()) {
            descriptor.put("artifactType", artifactType);
        }
        if (!annotations.isEmpty()) {
            descriptor.set("annotations", annotations);
        }
        return MAPPER.writeValueAsBytes(descriptor);
    }
}
