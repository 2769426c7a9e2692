package dev.littlecloud.image.source;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.image.json.Json;
import dev.littlecloud.image.layer.LayerSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** An OCI image layout, in a folder or a tar; image-layout.md of the OCI image specification. */
final class OciLayoutSource implements ImageSource {
    private static final String REF_NAME = "org.opencontainers.image.ref.name";

    /** Where BuildKit and containerd write the whole name, as the other one may be a tag only. */
    private static final String FULL_NAME = "io.containerd.image.name";

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
        Digest chosen = chosen(entries, tag);
        Manifest manifest =
                ManifestResolver.resolve(
                        chosen,
                        digest -> files.bytes(path(digest), Manifest.MOST_BYTES, label),
                        label);
        this.images = List.of(image(manifest, names(entries, chosen)));
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

    /** The full names that the layout has for an entry; a bare tag is none. */
    private List<RegistryName> names(List<JsonNode> entries, Digest chosen) {
        Set<RegistryName> names = new LinkedHashSet<>();
        for (JsonNode entry : entries) {
            if (!Json.digest(entry, "digest", label).equals(chosen)) {
                continue;
            }
            JsonNode annotations = Json.objectIn(entry, "annotations", label);
            for (String annotation : List.of(FULL_NAME, REF_NAME)) {
                String text = Json.text(annotations, annotation, label);
                if (text.indexOf('/') > 0) {
                    ImageReference.tryParseName(text).ifPresent(names::add);
                }
            }
        }
        return List.copyOf(names);
    }

    private SourceImage image(Manifest manifest, List<RegistryName> names) throws IOException {
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
                id, json, config.config(), Optional.of(manifest.digest()), layers, names);
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
