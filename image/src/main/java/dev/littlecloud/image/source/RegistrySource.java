package dev.littlecloud.image.source;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageLimits;
import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.json.Json;
import dev.littlecloud.image.layer.LayerCache;
import dev.littlecloud.image.layer.LayerSource;
import dev.littlecloud.image.registry.Backoff;
import dev.littlecloud.image.registry.RegistryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** An image in a registry. Layers are fetched when the first of them is opened. */
public final class RegistrySource implements ImageSource {
    private final RegistryClient client;
    private final RegistryName name;
    private final LayerDownloads downloads;
    private final SourceImage image;

    /**
     * @param client closed with this
     * @param cache where layers of earlier pulls are
     * @param scratch a folder for the layers
     * @param limits what an image may have packed is what it may have unpacked
     */
    public RegistrySource(
            RegistryClient client,
            RegistryName name,
            LayerCache cache,
            Path scratch,
            ImageLimits limits,
            Backoff backoff,
            Progress progress) {
        this.client = client;
        this.name = name;
        this.downloads =
                new LayerDownloads(client, name.registry(), cache, scratch, backoff, progress);
        try {
            this.image = read(scratch, limits);
        } catch (IOException e) {
            close();
            throw ImageException.io("pulling " + name, e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public List<SourceImage> images() {
        return List.of(image);
    }

    private SourceImage read(Path scratch, ImageLimits limits) throws IOException {
        String label = "the image " + name.familiar();
        Manifest manifest = manifest(label);
        requireBounded(manifest, limits, label);
        Digest id = manifest.config().digest();
        if (manifest.config().size() > ConfigReader.MOST_BYTES) {
            throw ImageException.malformed(label + " has a configuration that is too large");
        }
        Path configFile = scratch.resolve("config");
        downloads.fetch(manifest.config(), configFile, Progress.Task.NONE);
        byte[] json = Files.readAllBytes(configFile);
        ConfigReader.Read config = ConfigReader.read(json, "the configuration of " + label);
        List<LayerSource> layers =
                Layers.of(
                        manifest,
                        config,
                        label,
                        layer -> Files.newInputStream(downloads.await(manifest.layers(), layer)));
        return new SourceImage(
                id, json, config.config(), Optional.of(manifest.digest()), layers, List.of(name));
    }

    /** Before anything is fetched: the sizes that the manifest announces are held to later. */
    private static void requireBounded(Manifest manifest, ImageLimits limits, String label) {
        long left = limits.imageBytes();
        for (Manifest.Descriptor layer : manifest.layers()) {
            left -= Math.min(layer.size(), left);
            if (left == 0) {
                throw new ImageException(
                        ErrorCode.LIMIT_EXCEEDED,
                        label + " has more than the " + limits.imageBytes() + " bytes it may have");
            }
        }
    }

    private Manifest manifest(String label) throws IOException {
        Optional<Digest> digest = name.digest();
        byte[] first =
                client.manifest(
                        digest.map(Digest::toString).orElseGet(() -> name.tag().orElse("latest")));
        // A tag means whatever it means now; from here on everything goes by digest.
        Digest start = digest.orElseGet(() -> Digest.sha256(first));
        Json.object(first, label);
        return ManifestResolver.resolve(
                start,
                wanted -> wanted.equals(start) ? first : client.manifest(wanted.toString()),
                label);
    }

    @Override
    public void close() {
        downloads.close();
        client.close();
    }
}
