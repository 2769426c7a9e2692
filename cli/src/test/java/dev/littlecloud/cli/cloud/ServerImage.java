package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** OCI layouts with Debian's static busybox, and with other programs of this machine. */
final class ServerImage {
    private ServerImage() {}

    private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

    /** A web server of one page. */
    static Path write(Path directory) throws IOException, InterruptedException {
        Path root = root(directory);
        Files.writeString(root.resolve("www/index.html"), "hello from a clone\n");
        return pack(
                directory, List.of("/bin/busybox", "httpd", "-f", "-p", "80", "-h", "/www"), 80);
    }

    /** Where the files of an image are collected: it has a shell. */
    static Path root(Path directory) throws IOException {
        Path root = directory.resolve("root");
        Files.createDirectories(root.resolve("bin"));
        Files.createDirectories(root.resolve("tmp"));
        Files.createDirectories(root.resolve("www/cgi-bin"));
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        for (String applet : List.of("sh", "nc", "cat", "httpd", "mkfifo", "sleep")) {
            Files.createSymbolicLink(root.resolve("bin/" + applet), Path.of("busybox"));
        }
        return root;
    }

    /** Takes a program of this machine with the libraries that it needs. */
    static void addProgram(Path root, String program) throws IOException, InterruptedException {
        Process ldd = new ProcessBuilder("ldd", program).start();
        String libraries = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(ldd.waitFor()).isZero();
        List<String> files = new ArrayList<>(List.of(program));
        Matcher found = LIBRARY.matcher(libraries);
        while (found.find()) {
            files.add(found.group(1));
        }
        for (String file : files) {
            Path target = root.resolve(file.substring(1));
            Files.createDirectories(target.getParent());
            Files.copy(Path.of(file), target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** A program that busybox' web server runs for requests. */
    static void addScript(Path root, String name, String script) throws IOException {
        Path file = root.resolve("www/cgi-bin/" + name);
        Files.writeString(
                file, "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n'\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** An image of what is in {@link #root}. */
    static Path pack(Path directory, List<String> command, int port)
            throws IOException, InterruptedException {
        return pack(directory, "amd64", command, port);
    }

    /** The same with a HEALTHCHECK. */
    static Path packWithCheck(Path directory, List<String> command, int port, String shellCheck)
            throws IOException, InterruptedException {
        String check =
                """
                ,"Healthcheck":{"Test":["CMD-SHELL","%s"]}"""
                        .formatted(shellCheck);
        return pack(directory, "amd64", command, port, check);
    }

    /** The same with a STOPSIGNAL. */
    static Path packWithStopSignal(Path directory, List<String> command, int port, String signal)
            throws IOException, InterruptedException {
        String more = ",\"StopSignal\":\"" + signal + "\"";
        return pack(directory, "amd64", command, port, more);
    }

    /** An image of programs for another processor. */
    static Path pack(Path directory, String architecture, List<String> command, int port)
            throws IOException, InterruptedException {
        return pack(directory, architecture, command, port, "");
    }

    private static Path pack(
            Path directory, String architecture, List<String> command, int port, String more)
            throws IOException, InterruptedException {
        Path root = directory.resolve("root");
        Path tar = directory.resolve("layer.tar");
        run("tar", "-C", root.toString(), "-cf", tar.toString(), ".");
        Path layout = directory.resolve("layout");
        byte[] layer = Files.readAllBytes(tar);
        String layerDigest = blob(layout, layer);
        byte[] config =
                utf8(
                        """
                        {"os":"linux","architecture":"%s",
                         "config":{"Cmd":["%s"],
                                   "ExposedPorts":{"%d/tcp":{}}%s},
                         "rootfs":{"type":"layers","diff_ids":["%s"]}}"""
                                .formatted(
                                        architecture,
                                        String.join("\",\"", command),
                                        port,
                                        more,
                                        layerDigest));
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
