package dev.littlecloud.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.littlecloud.image.Digest;
import dev.littlecloud.registry.RegistryAccess.Decision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Debian ships to push and pull images: skopeo and buildah. */
class RealClientsTest {
    private static final String USER_AND_TOKEN =
            "Basic "
                    + Base64.getEncoder()
                            .encodeToString("me:secret".getBytes(StandardCharsets.UTF_8));

    @TempDir private Path directory;

    @BeforeEach
    void startWithoutCredentials() throws IOException {
        Files.writeString(directory.resolve("auth.json"), "{}");
    }

    private static void require(String program) {
        boolean isThere =
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        assumeTrue(isThere, "needs the program " + program + " (see packages.txt)");
    }

    private String run(String... command) throws Exception {
        Result result = result(command);
        assertThat(result.code()).as(result.output()).isZero();
        return result.output();
    }

    private record Result(int code, String output) {}

    private Result result(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.directory(directory.toFile());
        // Neither the credentials nor the images of who runs the tests are touched.
        builder.environment().put("HOME", directory.toString());
        builder.environment().put("XDG_RUNTIME_DIR", directory.toString());
        builder.environment().put("REGISTRY_AUTH_FILE", directory.resolve("auth.json").toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private Digest blob(Path layout, byte[] bytes) throws IOException {
        Digest digest = Digest.sha256(bytes);
        Path file = layout.resolve("blobs/sha256").resolve(digest.hex());
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        return digest;
    }

    /** An OCI layout with an image of the platform; gives its descriptor. */
    private String image(Path layout, String architecture) throws Exception {
        Files.writeString(directory.resolve("file-" + architecture), architecture);
        run("tar", "-cf", "layer.tar", "file-" + architecture);
        byte[] layer = Files.readAllBytes(directory.resolve("layer.tar"));
        Digest layerDigest = blob(layout, layer);
        byte[] config =
                ("{\"os\":\"linux\",\"architecture\":\"%s\",\"config\":{},"
                                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}")
                        .formatted(architecture, layerDigest)
                        .getBytes(StandardCharsets.UTF_8);
        byte[] manifest =
                """
                {"schemaVersion":2,"mediaType":"%s",
                 "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},
                 "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":%d}]}"""
                        .formatted(
                                RegistryServer.IMAGE,
                                blob(layout, config),
                                config.length,
                                layerDigest,
                                layer.length)
                        .getBytes(StandardCharsets.UTF_8);
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d,\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}"
                .formatted(
                        RegistryServer.IMAGE,
                        blob(layout, manifest),
                        manifest.length,
                        architecture);
    }

    private Path layout(String... architectures) throws Exception {
        Path layout = directory.resolve("layout");
        List<String> images = new ArrayList<>();
        for (String architecture : architectures) {
            images.add(image(layout, architecture));
        }
        String entry = images.getFirst();
        if (images.size() > 1) {
            byte[] index =
                    ("{\"schemaVersion\":2,\"mediaType\":\""
                                    + RegistryServer.INDEX
                                    + "\",\"manifests\":["
                                    + String.join("},", images)
                                    + "}]}")
                            .getBytes(StandardCharsets.UTF_8);
            entry =
                    "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d"
                            .formatted(RegistryServer.INDEX, blob(layout, index), index.length);
        }
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.writeString(
                layout.resolve("index.json"),
                "{\"schemaVersion\":2,\"manifests\":["
                        + entry
                        + ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"v\"}}]}");
        return layout;
    }

    @Test
    void skopeoPushesInspectsListsPullsAndDeletes() throws Exception {
        require("skopeo");
        Path layout = layout("amd64");
        try (RegistryServer server =
                RegistryServer.start(directory.resolve("data"), RegistryAccess.OPEN)) {
            String name = "docker://" + server.host() + "/team/app";
            String[] copy = {"skopeo", "copy", "--insecure-policy"};

            run(
                    copy[0],
                    copy[1],
                    copy[2],
                    "--dest-tls-verify=false",
                    "oci:" + layout + ":v",
                    name + ":v1");
            run(
                    copy[0],
                    copy[1],
                    copy[2],
                    "--dest-tls-verify=false",
                    "--format=v2s2",
                    "oci:" + layout + ":v",
                    name + ":docker");
            run(
                    copy[0],
                    copy[1],
                    copy[2],
                    "--src-tls-verify=false",
                    name + ":v1",
                    "oci:" + directory.resolve("back") + ":v");

            assertThat(run("skopeo", "inspect", "--tls-verify=false", name + ":v1"))
                    .contains("\"Architecture\": \"amd64\"");
            assertThat(run("skopeo", "list-tags", "--tls-verify=false", name))
                    .contains("\"docker\"", "\"v1\"");
            assertThat(directory.resolve("back/blobs/sha256")).isNotEmptyDirectory();
            run("skopeo", "delete", "--tls-verify=false", name + ":v1");
            assertThat(result("skopeo", "inspect", "--tls-verify=false", name + ":v1").output())
                    .contains("manifest unknown");
        }
    }

    @Test
    void skopeoPushesImagesOfSeveralPlatforms() throws Exception {
        require("skopeo");
        Path layout = layout("amd64", "arm64");
        try (RegistryServer server =
                RegistryServer.start(directory.resolve("data"), RegistryAccess.OPEN)) {
            String name = "docker://" + server.host() + "/multi:v1";

            run(
                    "skopeo",
                    "copy",
                    "--insecure-policy",
                    "--all",
                    "--dest-tls-verify=false",
                    "oci:" + layout + ":v",
                    name);

            assertThat(run("skopeo", "inspect", "--raw", "--tls-verify=false", name))
                    .contains("\"arm64\"", "\"amd64\"");
            assertThat(
                            run(
                                    "skopeo",
                                    "--override-arch=arm64",
                                    "inspect",
                                    "--tls-verify=false",
                                    name))
                    .contains("\"Architecture\": \"arm64\"");
        }
    }

    @Test
    void skopeoLogsInWithATokenAsPassword() throws Exception {
        require("skopeo");
        Path layout = layout("amd64");
        RegistryAccess access =
                (exchange, repository, action) ->
                        exchange.header("Authorization").filter(USER_AND_TOKEN::equals).isEmpty()
                                ? Decision.LOGIN_NEEDED
                                : repository.filter(name -> name.startsWith("other")).isPresent()
                                        ? Decision.DENIED
                                        : Decision.ALLOWED;
        try (RegistryServer server = RegistryServer.start(directory.resolve("data"), access)) {
            String source = "oci:" + layout + ":v";
            String name = "docker://" + server.host() + "/";
            String[] push = {
                "skopeo",
                "copy",
                "--insecure-policy",
                "--dest-tls-verify=false",
                source,
                name + "app"
            };

            assertThat(result(push).output()).contains("authentication required");
            assertThat(
                            result(
                                            "skopeo",
                                            "login",
                                            "--tls-verify=false",
                                            "-u",
                                            "me",
                                            "-p",
                                            "no",
                                            server.host())
                                    .code())
                    .isNotZero();
            run("skopeo", "login", "--tls-verify=false", "-u", "me", "-p", "secret", server.host());
            run(push);
            push[5] = name + "other/app";
            assertThat(result(push).output()).contains("403 (Forbidden)");
        }
    }

    @Test
    void buildahPushesAndPulls() throws Exception {
        require("buildah");
        Path layout = layout("amd64");
        try (RegistryServer server =
                RegistryServer.start(directory.resolve("data"), RegistryAccess.OPEN)) {
            List<String> buildah =
                    List.of(
                            "buildah",
                            "--storage-driver=vfs",
                            "--root=" + directory.resolve("storage"),
                            "--runroot=" + directory.resolve("run"));
            Path policy = directory.resolve("policy.json");
            Files.writeString(policy, "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");
            String name = server.host() + "/built/app:v1";

            buildah(buildah, "pull", "--signature-policy=" + policy, "oci:" + layout + ":v");
            String id = buildah(buildah, "images", "--quiet").strip();
            buildah(
                    buildah,
                    "push",
                    "--signature-policy=" + policy,
                    "--tls-verify=false",
                    id,
                    "docker://" + name);
            buildah(buildah, "rmi", "--all");
            buildah(
                    buildah,
                    "pull",
                    "--signature-policy=" + policy,
                    "--tls-verify=false",
                    "docker://" + name);

            assertThat(buildah(buildah, "images")).contains("built/app");
        }
    }

    private String buildah(List<String> buildah, String... words) throws Exception {
        List<String> command = new ArrayList<>(buildah);
        command.addAll(List.of(words));
        return run(command.toArray(String[]::new));
    }
}
