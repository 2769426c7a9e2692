package dev.littlecloud.image.source;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.json.Json;
import dev.littlecloud.image.layer.Compression;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * An image manifest of OCI or Docker (schema 2).
 *
 * @param digest of the manifest itself
 * @param layers lowest first
 */
record Manifest(Digest digest, Descriptor config, List<Descriptor> layers) {
    static final int MOST_BYTES = 4 << 20;

    private static final int MOST_LAYERS = 1_024;

    static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    static final String DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";
    static final String OCI = "application/vnd.oci.image.manifest.v1+json";
    static final String DOCKER = "application/vnd.docker.distribution.manifest.v2+json";

    /**
     * A blob that the manifest names.
     *
     * @param compression what the media type announces; empty for anything but a layer
     */
    record Descriptor(Digest digest, long size, Optional<Compression> compression) {}

    static boolean isIndex(JsonNode document) {
        return document.path("manifests").isArray();
    }

    static Manifest read(JsonNode document, Digest digest, String label) {
        if (document.path("schemaVersion").asInt(0) == 1) {
            throw new ImageException(
                    ErrorCode.UNSUPPORTED,
                    label
                            + " is in the format of Docker before 1.10 (schema 1);"
                            + " push the image again with a current tool");
        }
        JsonNode config = Json.objectIn(document, "config", label);
        List<Descriptor> layers = new ArrayList<>();
        for (JsonNode layer : Json.array(document, "layers", label)) {
            layers.add(layer(layer, label));
        }
        if (config.isEmpty()) {
            throw ImageException.malformed(label + " is not an image manifest");
        }
        if (layers.size() > MOST_LAYERS) {
            throw new ImageException(
                    ErrorCode.LIMIT_EXCEEDED,
                    label + " has more than the " + MOST_LAYERS + " layers it may have");
        }
        return new Manifest(digest, descriptor(config, Optional.empty(), label), layers);
    }

    private static Descriptor layer(JsonNode layer, String label) {
        String mediaType = Json.requiredText(layer, "mediaType", label);
        Optional<Compression> compression = Compression.ofMediaType(mediaType);
        if (compression.isEmpty()) {
            throw new ImageException(
                    ErrorCode.UNSUPPORTED,
                    label + " is no container image: it has a layer of type " + mediaType);
        }
        return descriptor(layer, compression, label);
    }

    private static Descriptor descriptor(
            JsonNode node, Optional<Compression> compression, String label) {
        long size = Json.number(node, "size", -1, label);
        if (size < 0) {
            throw ImageException.malformed(label + " has a blob without a size");
        }
        return new Descriptor(Json.digest(node, "digest", label), size, compression);
    }
}
