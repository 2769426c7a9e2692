package dev.littlecloud.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Makes a directory an image of one layer, as {@code docker save} writes it. */
final class RootImage {
    private RootImage() {}

    /**
     * @param root what becomes the image's file system, all owned by root
     * @param work where the layer and the archive are put
     * @return the archive
     */
    static Path pack(Path root, Path work) throws IOException, InterruptedException {
        Files.createDirectories(work);
        Path layer = work.resolve("layer.tar");
        // Times and order fixed, so that the same files are the same image to the store.
        tar(
                List.of(
                        "--sort=name",
                        "--mtime=@0",
                        "--owner=0",
                        "--group=0",
                        "--numeric-owner",
                        "-C",
                        root.toString(),
                        "-cf",
                        layer.toString(),
                        "."));
        String config =
                """
                {"architecture":"amd64","os":"linux","config":{"WorkingDir":"/tmp"},\
                "rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}
                """
                        .formatted(sha256(layer));
        Files.writeString(work.resolve("config.json"), config);
        Files.writeString(
                work.resolve("manifest.json"),
                """
                [{"Config":"config.json","RepoTags":[],"Layers":["layer.tar"]}]
                """);
        Path archive = work.resolve("image.tar");
        tar(
                List.of(
                        "-C",
                        work.toString(),
                        "-cf",
                        archive.toString(),
                        "manifest.json",
                        "config.json",
                        "layer.tar"));
        return archive;
    }

    private static void tar(List<String> arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("tar").redirectErrorStream(true);
        builder.command().addAll(arguments);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", builder.command()) + " failed: " + output);
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(stream, digest)
                    .transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
