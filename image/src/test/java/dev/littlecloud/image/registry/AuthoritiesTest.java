package dev.littlecloud.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.image.testing.RegistryServer;
import dev.littlecloud.image.testing.TestImages;
import dev.littlecloud.image.testing.Tools;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real registry that speaks TLS, and whom it has for an authority. */
class AuthoritiesTest {
    private static final Path NONE = Path.of("/nonexistent");

    @TempDir private Path directory;

    /** Makes NAME.crt and NAME.key for localhost. */
    private Path certificate(String name) {
        Tools.require("openssl");
        String subject = "/CN=" + name;
        Tools.run(
                directory,
                ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
                                + " -addext subjectAltName=DNS:localhost -subj "
                                + subject
                                + " -keyout "
                                + name
                                + ".key -out "
                                + name
                                + ".crt")
                        .split(" "));
        return directory.resolve(name + ".crt");
    }

    private RegistryName push(RegistryServer registry) throws Exception {
        TestImages.Layout layout = new TestImages.Layout(directory.resolve("layout"));
        layout.tagged(layout.image("amd64", TestImages.utf8("a layer")), "v").write();
        Tools.run(
                directory,
                "skopeo",
                "copy",
                "--quiet",
                "--insecure-policy",
                "--dest-tls-verify=false",
                "oci:" + directory.resolve("layout") + ":v",
                "docker://" + registry.host() + "/app:v");
        return (RegistryName) ImageReference.parse(registry.host() + "/app:v");
    }

    private RegistryClient client(RegistryName name, Authorities authorities) {
        return new HttpRegistryClient(
                name, directory.resolve("config.json"), authorities, attempt -> {});
    }

    @Test
    void pullsFromARegistryThatItsOwnerVouchesFor() throws Exception {
        Path own = certificate("tls");
        Path other = certificate("other");
        try (RegistryServer registry = RegistryServer.startWithTls(directory)) {
            RegistryName name = push(registry);
            Authorities set = Authorities.of(NONE, List.of(directory));
            assertThat(set.own()).containsExactlyInAnyOrder(own, other);

            try (RegistryClient client = client(name, set)) {
                byte[] manifest = client.manifest("v");
                assertThat(new String(manifest, StandardCharsets.UTF_8)).contains("layers");
                Digest digest = Digest.sha256(manifest);
                assertThat(client.manifest(digest.toString())).isEqualTo(manifest);
            }
            // The system's authorities count as well.
            try (RegistryClient client = client(name, new Authorities(own, List.of(other)))) {
                assertThat(client.manifest("v")).isNotEmpty();
            }
            try (RegistryClient client = client(name, new Authorities(NONE, List.of(other)))) {
                assertThatThrownBy(() -> client.manifest("v"))
                        .isInstanceOfSatisfying(
                                ImageException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.NETWORK))
                        .hasMessageContaining("/etc/docker/certs.d/" + registry.host() + "/ca.crt");
            }
        }
    }

    @Test
    void namesAFileThatHasNoCertificate() throws Exception {
        Path file = Files.writeString(directory.resolve("ca.crt"), "no certificate");
        Authorities authorities = Authorities.of(NONE, List.of(directory, NONE));

        assertThat(authorities.areSetUp()).isTrue();
        assertThatThrownBy(authorities::context).hasMessageContaining(file.toString());
    }

    @Test
    void looksWhereDockerAndPodmanDo() {
        Authorities none = Authorities.of("registry.example:5000", Map.of(), directory);
        assertThat(none.areSetUp()).isFalse();
        Path podman = directory.resolve(".config/containers/certs.d/registry.example:5000");
        assertThat(podman.toFile().mkdirs()).isTrue();
        Path own = certificate("own");
        assertThat(own.toFile().renameTo(podman.resolve("ca.crt").toFile())).isTrue();

        Authorities one = Authorities.of("registry.example:5000", Map.of(), directory);
        assertThat(one.own()).containsExactly(podman.resolve("ca.crt"));
        assertThat(Authorities.of("other.example", Map.of(), directory).areSetUp()).isFalse();
    }
}
