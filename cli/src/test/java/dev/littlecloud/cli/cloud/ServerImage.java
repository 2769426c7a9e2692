package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An OCI layout with Debian's static busybox as a web server of one page. */
final class ServerImage {
    private ServerImage() {}

    static Path write(Path directory) throws IOException, InterruptedException {
        Path root = directory.resolve("root");
        Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("www"));
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        Files.writeString(root.resolve("www/index.html"), "hello from a clone\n");
        Path tar = directory.resolve("layer.tar");
        run("tar", "-C", root.toString(), "-cf", tar.toString(), ".");
        Path layout = directory.resolve("layout");
        byte[] layer = Files.readAllBytes(tar);
        String layerDigest = blob(layout, layer);
        byte[] config =
                utf8(
                        """
                        {"os":"linux","architecture":"amd64",
                         "config":{"Cmd":["/bin/busybox","httpd","-f","-p","80","-h","/www"],
                                   "ExposedPorts":{"80/tcp":{}}},
                         "rootfs":{"type":"layers","diff_ids":["%s"]}}"""
                                .formatted(layerDigest));
        byte[] manifest =
                utf8(
                        """
                        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
                         "config":{"mediaType":"application/vnd.oci.image.config.v1+json",
                                   "digest":"%s","size":%d},
                         "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar",
                                    "digest":"%s","size":%d}]}"""
                                .formatted(
                                        blob(layout, config),
                                        config.length,
                                        layerDigest,
                                        layer.length));
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.writeString(
                layout.resolve("index.json"),
                """
                {"schemaVersion":2,"manifests":[
                 {"mediaType":"application/vnd.oci.image.manifest.v1+json",
                  "digest":"%s","size":%d}]}"""
                        .formatted(blob(layout, manifest), manifest.length));
        return layout;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String blob(Path layout, byte[] bytes) throws IOException {
        Digest digest = Digest.sha256(bytes);
        Path folder = Files.createDirectories(layout.resolve("blobs/sha256"));
        Files.write(folder.resolve(digest.hex()), bytes);
        return digest.toString();
    }

    /** Runs a program, which must end well. */
    static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(String.join(" ", command) + "\n" + output).isZero();
    }
}
