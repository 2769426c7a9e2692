package dev.littlecloud.cli.rehearsal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** An OCI image layout whose only file is {@link TinyProgram}, as {@code /tiny}. */
public final class TinyImage {
    private TinyImage() {}

    /** Writes the layout into a directory, which is made. */
    public static void write(Path directory) throws IOException {
        Path blobs = Files.createDirectories(directory.resolve("blobs/sha256"));
        byte[] layer = layer();
        String layerDigest = put(blobs, layer);
        byte[] config =
                """
                {"architecture": "amd64", "os": "linux",
                 "config": {"Entrypoint": ["/tiny"]},
                 "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}}
                """
                        .formatted(layerDigest)
                        .getBytes(StandardCharsets.UTF_8);
        byte[] manifest =
                """
                {"schemaVersion": 2,
                 "mediaType": "application/vnd.oci.image.manifest.v1+json",
                 "config": %s,
                 "layers": [%s]}
                """
                        .formatted(
                                descriptor("config.v1+json", put(blobs, config), config.length),
                                descriptor("layer.v1.tar", layerDigest, layer.length))
                        .getBytes(StandardCharsets.UTF_8);
        Files.writeString(
                directory.resolve("index.json"),
                "{\"schemaVersion\": 2, \"manifests\": [%s]}"
                        .formatted(
                                descriptor(
                                        "manifest.v1+json",
                                        put(blobs, manifest),
                                        manifest.length)));
        Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\": \"1.0.0\"}");
    }

    private static byte[] layer() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            byte[] program = TinyProgram.elf();
            TarArchiveEntry entry = new TarArchiveEntry("tiny");
            entry.setMode(0755);
            entry.setModTime(0);
            entry.setSize(program.length);
            tar.putArchiveEntry(entry);
            tar.write(program);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    private static String put(Path blobs, byte[] content) throws IOException {
        String digest;
        try {
            digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every JDK has SHA-256", impossible);
        }
        Files.write(blobs.resolve(digest), content);
        return digest;
    }

    private static String descriptor(String type, String digest, int size) {
        return "{\"mediaType\": \"application/vnd.oci.image.%s\", \"digest\": \"sha256:%s\", \"size\": %d}"
                .formatted(type, digest, size);
    }
}
