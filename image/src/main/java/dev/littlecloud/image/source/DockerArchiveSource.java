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
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What {@code docker save} writes: manifest.json names a configuration and layers for each image. */
final class DockerArchiveSource implements ImageSource {
    /** Their configurations are in memory all at once. */
    private static final int MOST_IMAGES = 64;

    private final FileSet files;
    private final String label;
    private final List<SourceImage> images;

    /**
     * @param files closed with this
     * @param label what to call the archive in messages
     * @param wanted which image; empty means all
     */
    DockerArchiveSource(FileSet files, String label, Optional<RegistryName> wanted)
            throws IOException {
        this.files = files;
        this.label = label;
        if (!files.has("manifest.json")) {
            String hint = files.has("index.json") ? "; it is one for oci-archive:" : "";
            throw ImageException.malformed(label + " was not made by docker save" + hint);
        }
        JsonNode manifest =
                Json.parse(
                        files.bytes("manifest.json", Manifest.MOST_BYTES, label),
                        "manifest.json of " + label);
        if (!manifest.isArray()) {
            throw ImageException.malformed("manifest.json of " + label + " is not a list");
        }
        if (manifest.size() > MOST_IMAGES) {
            throw new ImageException(
                    ErrorCode.LIMIT_EXCEEDED,
                    label + " has more than the " + MOST_IMAGES + " images it may have");
        }
        List<SourceImage> found = new ArrayList<>();
        List<String> known = new ArrayList<>();
        for (JsonNode entry : manifest) {
            List<RegistryName> names = names(entry);
            names.forEach(name -> known.add(name.familiar()));
            if (wanted.isEmpty()) {
                found.add(image(entry, names));
            } else if (names.contains(wanted.get())) {
                found.add(image(entry, List.of(wanted.get())));
            }
        }
        if (found.isEmpty()) {
            throw new ImageException(
                    ErrorCode.NOT_FOUND,
                    label
                            + " has no such image"
                            + (known.isEmpty() ? "" : "; it has " + String.join(", ", known)));
        }
        this.images = List.copyOf(found);
    }

    @Override
    public List<SourceImage> images() {
        return images;
    }

    private List<RegistryName> names(JsonNode entry) {
        List<RegistryName> names = new ArrayList<>();
        for (String tag : Json.texts(entry, "RepoTags", "manifest.json of " + label)) {
            names.add(
                    ImageReference.tryParseName(tag)
                            .orElseThrow(
                                    () ->
                                            ImageException.malformed(
                                                    "'"
                                                            + tag
                                                            + "' in "
                                                            + label
                                                            + " is not an image's name")));
        }
        return names;
    }

    private SourceImage image(JsonNode entry, List<RegistryName> names) throws IOException {
        String file = Json.requiredText(entry, "Config", "manifest.json of " + label);
        byte[] json = files.bytes(file, ConfigReader.MOST_BYTES, label);
        Digest id = Digest.sha256(json);
        ConfigReader.Read config = ConfigReader.read(json, "the configuration in " + label);
        List<String> layerFiles = Json.texts(entry, "Layers", "manifest.json of " + label);
        Layers.requireSameCount(layerFiles.size(), config, label);
        List<LayerSource> layers = new ArrayList<>();
        for (int i = 0; i < layerFiles.size(); i++) {
            String layer = layerFiles.get(i);
            if (!files.has(layer)) {
                throw ImageException.malformed(label + " has no file '" + layer + "'");
            }
            Digest diffId = config.diffIds().get(i);
            layers.add(
                    new LayerSource(
                            Layers.name(i, diffId.shortHex()),
                            Optional.empty(),
                            files.size(layer),
                            Optional.empty(),
                            diffId,
                            () -> files.open(layer)));
        }
        return new SourceImage(id, json, config.config(), Optional.empty(), layers, names);
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
