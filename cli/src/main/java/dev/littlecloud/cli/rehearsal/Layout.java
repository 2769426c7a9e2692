package dev.littlecloud.cli.rehearsal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** An OCI image layout of one layer, as a directory. */
final class Layout {
    /** What writes a blob. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private record Blob(String digest, long bytes) {
        String descriptor(String type) {
            return """
            {"mediaType": "application/vnd.oci.image.%s", "digest": "sha256:%s", "size": %d}"""
                    .formatted(type, digest, bytes);
        }
    }

    private final Path blobs;

    private Layout(Path blobs) {
        this.blobs = blobs;
    }

    /**
     * Writes a layout.
     *
     * @param directory is made
     * @param layer a tar
     * @param program what the image runs, an absolute path in it
     */
    static void write(Path directory, Content layer, String program) throws IOException {
        Layout layout = new Layout(Files.createDirectories(directory.resolve("blobs/sha256")));
        Blob files = layout.put(layer);
        Blob config =
                layout.put(
                        """
                        {"architecture": "amd64", "os": "linux",
                         "config": {"Entrypoint": ["%s"]},
                         "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}
                        """
                                .formatted(program, files.digest()));
        Blob manifest =
                layout.put(
                        """
                        {"schemaVersion": 2,
                         "mediaType": "application/vnd.oci.image.manifest.v1+json",
                         "config": %s,
                         "layers": [%s]}
                        """
                                .formatted(
                                        config.descriptor("config.v1+json"),
                                        files.descriptor("layer.v1.tar")));
        Files.writeString(
                directory.resolve("index.json"),
                "{\"schemaVersion\": 2, \"manifests\": [%s]}"
                        .formatted(manifest.descriptor("manifest.v1+json")));
        Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\": \"1.0.0\"}");
    }

    private Blob put(String text) throws IOException {
        return put(out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private Blob put(Content content) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every JDK has SHA-256", impossible);
        }
        Path unnamed = Files.createTempFile(blobs, "", "");
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(unnamed), digest)) {
            content.writeTo(out);
        }
        String name = HexFormat.of().formatHex(digest.digest());
        // Equal contents have one name.
        Path blob = Files.move(unnamed, blobs.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        return new Blob(name, Files.size(blob));
    }
}
