package dev.littlecloud.image.testing;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.layer.LayerSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/** Images in every form, made of layers that are tars in memory. */
public final class TestImages {
    private TestImages() {}

    /** A layer that is read from memory. */
    public static LayerSource layer(byte[] tar) {
        return layer(tar, tar);
    }

    /**
     * @param stored the tar, packed
     */
    public static LayerSource layer(byte[] stored, byte[] tar) {
        return new LayerSource(
                "layer 1 (test)",
                Optional.of(Digest.sha256(stored)),
                stored.length,
                Optional.empty(),
                Digest.sha256(tar),
                () -> new ByteArrayInputStream(stored));
    }

    public static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    public static String config(String architecture, String runConfig, List<byte[]> layerTars) {
        String diffIds =
                layerTars.stream()
                        .map(tar -> "\"" + Digest.sha256(tar) + "\"")
                        .collect(Collectors.joining(","));
        return """
               {"created":"2024-05-06T07:08:09.123456789Z","os":"linux","architecture":"%s",
                "config":%s,"rootfs":{"type":"layers","diff_ids":[%s]}}"""
                .formatted(architecture, runConfig, diffIds);
    }

    /** What docker save writes for one image. */
    public static byte[] dockerArchive(String name, String runConfig, byte[]... layerTars) {
        List<byte[]> layers = List.of(layerTars);
        byte[] config = utf8(config("amd64", runConfig, layers));
        TarBuilder tar = new TarBuilder();
        List<String> files = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            String file = i + "/layer.tar";
            files.add("\"" + file + "\"");
            tar.file(file, layers.get(i));
        }
        tar.file("config.json", config);
        String tags = name.isEmpty() ? "null" : "[\"" + name + "\"]";
        tar.file(
                "manifest.json",
                "[{\"Config\":\"config.json\",\"RepoTags\":"
                        + tags
                        + ",\"Layers\":["
                        + String.join(",", files)
                        + "]}]");
        return tar.build();
    }

    /** Files of an OCI layout, filled step by step. */
    public static final class Layout {
        private final Path directory;
        private final List<String> entries = new ArrayList<>();

        public Layout(Path directory) {
            this.directory = directory;
        }

        /** Stores bytes and gives their digest. */
        public Digest blob(byte[] bytes) {
            Digest digest = Digest.sha256(bytes);
            try {
                Path file = directory.resolve("blobs/sha256").resolve(digest.hex());
                Files.createDirectories(file.getParent());
                Files.write(file, bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return digest;
        }

        /** Stores an image of gzipped layers and gives its descriptor, without a closing brace. */
        public String image(String architecture, byte[]... layerTars) {
            byte[] config = utf8(config(architecture, "{}", List.of(layerTars)));
            String layers =
                    List.of(layerTars).stream()
                            .map(TestImages::gzip)
                            .map(
                                    bytes ->
                                            descriptor(
                                                            "application/vnd.oci.image.layer.v1.tar+gzip",
                                                            blob(bytes),
                                                            bytes.length)
                                                    + "}")
                            .collect(Collectors.joining(","));
            String manifest =
                    "{\"schemaVersion\":2,\"config\":"
                            + descriptor(
                                    "application/vnd.oci.image.config.v1+json",
                                    blob(config),
                                    config.length)
                            + "},\"layers\":["
                            + layers
                            + "]}";
            return descriptor(
                    "application/vnd.oci.image.manifest.v1+json",
                    blob(utf8(manifest)),
                    manifest.length());
        }

        /** Adds a descriptor to index.json. */
        public Layout entry(String descriptor) {
            entries.add(descriptor);
            return this;
        }

        public Layout tagged(String descriptor, String tag) {
            return entry(
                    descriptor
                            + ",\"annotations\":{\"org.opencontainers.image.ref.name\":\""
                            + tag
                            + "\"}}");
        }

        public Path write() {
            try {
                Files.createDirectories(directory);
                Files.writeString(
                        directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
                Files.writeString(
                        directory.resolve("index.json"),
                        "{\"schemaVersion\":2,\"manifests\":[" + String.join(",", entries) + "]}");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return directory;
        }
    }

    public static String descriptor(String mediaType, Digest digest, long size) {
        return "{\"mediaType\":\""
                + mediaType
                + "\",\"digest\":\""
                + digest
                + "\",\"size\":"
                + size;
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
