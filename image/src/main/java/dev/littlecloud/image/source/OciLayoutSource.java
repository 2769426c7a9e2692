package dev.littlecloud.image.source;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.json.Json;
import dev.littlecloud.image.layer.LayerSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** An OCI image layout, in a folder or a tar; image-layout.md of the OCI image specification. */
final class OciLayoutSource implements ImageSource {
    private static final String REF_NAME = "org.opencontainers.image.ref.name";

    private final FileSet files;
    private final String label;
    private final List<SourceImage> images;

    /**
     * @param files closed with this
     * @param label what to call the layout in messages
     * @param tag which image; empty means the only one
     */
    OciLayoutSource(FileSet files, String label, Optional<String> tag) throws IOException {
        this.files = files;
        this.label = label;
        byte[] index = files.bytes("index.json", Manifest.MOST_BYTES, label);
        JsonNode document = Json.object(index, "index.json of " + label);
        List<JsonNode> entries = Json.array(document, "manifests", "index.json of " + label);
        Manifest manifest =
                ManifestResolver.resolve(
                        chosen(entries, tag),
                        digest -> files.bytes(path(digest), Manifest.MOST_BYTES, label),
                        label);
        this.images = List.of(image(manifest));
    }

    @Override
    public List<SourceImage> images() {
        return images;
    }

    private Digest chosen(List<JsonNode> entries, Optional<String> tag) {
        List<JsonNode> matches = new ArrayList<>();
        TreeSet<String> tags = new TreeSet<>();
        for (JsonNode entry : entries) {
            String name = Json.text(Json.objectIn(entry, "annotations", label), REF_NAME, label);
            if (!name.isEmpty()) {
                tags.add(name);
            }
            if (tag.isEmpty() || name.equals(tag.get()) || name.endsWith(":" + tag.get())) {
                matches.add(entry);
            }
        }
        String known = tags.isEmpty() ? "" : "; it has " + String.join(", ", tags);
        if (matches.isEmpty()) {
            throw new ImageException(
                    ErrorCode.NOT_FOUND,
                    label
                            + " has no image"
                            + tag.map(t -> " tagged '" + t + "'").orElse("")
                            + known);
        }
        if (matches.size() == 1) {
            return Json.digest(matches.getFirst(), "digest", label);
        }
        // Several with one tag, or untagged ones, are one image for several platforms.
        if (tag.isEmpty() && tags.size() > 1) {
            throw new ImageException(
                    ErrorCode.AMBIGUOUS, label + " has several images" + known + ": add :TAG");
        }
        return Platforms.choose(matches, label);
    }

    private SourceImage image(Manifest manifest) throws IOException {
        Digest id = manifest.config().digest();
        byte[] json = files.bytes(path(id), ConfigReader.MOST_BYTES, label);
        ManifestResolver.requireDigest(json, id, "the configuration in " + label);
        ConfigReader.Read config = ConfigReader.read(json, "the configuration in " + label);
        List<LayerSource> layers =
                Layers.of(
                        manifest,
                        config,
                        label,
                        layer -> {
                            String file = path(layer.digest());
                            if (!files.has(file)) {
                                throw ImageException.malformed(
                                        label + " has no file '" + file + "'");
                            }
                            return files.open(file);
                        });
        return new SourceImage(
                id, json, config.config(), Optional.of(manifest.digest()), layers, List.of());
    }

    private static String path(Digest digest) {
        return "blobs/" + digest.algorithm() + "/" + digest.hex();
    }

    @Override
    public void close() {
        try {
            files.close();
        } catch (IOException e) {
            throw ImageException.io("closing " + label, e);
        }
    }
}
