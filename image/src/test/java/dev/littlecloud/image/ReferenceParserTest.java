package dev.littlecloud.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.image.ImageReference.DockerArchive;
import dev.littlecloud.image.ImageReference.LocalId;
import dev.littlecloud.image.ImageReference.OciArchive;
import dev.littlecloud.image.ImageReference.OciLayout;
import dev.littlecloud.image.ImageReference.RegistryName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceParserTest {
    private static final String HEX =
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @ParameterizedTest
    @CsvSource({
        "nginx, docker.io/library/nginx:latest",
        "nginx:1.25, docker.io/library/nginx:1.25",
        "user/app, docker.io/user/app:latest",
        "docker.io/nginx, docker.io/library/nginx:latest",
        "index.docker.io/library/nginx, docker.io/library/nginx:latest",
        "docker://alpine:3, docker.io/library/alpine:3",
        "docker:20-dind, docker.io/library/docker:20-dind",
        "localhost/app, localhost/app:latest",
        "localhost:5000/app:tag, localhost:5000/app:tag",
        "ghcr.io/a/b/c:v1, ghcr.io/a/b/c:v1",
        "127.0.0.1:5000/x, 127.0.0.1:5000/x:latest",
        "[::1]:5000/x:y, [::1]:5000/x:y",
        "a__b/c-_d, ''",
        "a--b/c.d_e, docker.io/a--b/c.d_e:latest",
    })
    void readsNamesAsDockerDoes(String text, String canonical) {
        if (canonical.isEmpty()) {
            assertInvalid(text);
            return;
        }
        assertThat(ImageReference.parse(text))
                .isInstanceOfSatisfying(
                        RegistryName.class,
                        name -> assertThat(name.canonical()).isEqualTo(canonical));
    }

    @Test
    void keepsADigestAndAddsNoTagToIt() {
        RegistryName name = (RegistryName) ImageReference.parse("host.example/app@sha256:" + HEX);

        assertThat(name.tag()).isEmpty();
        assertThat(name.digest()).contains(new Digest("sha256", HEX));
        assertThat(name.canonical()).isEqualTo("host.example/app@sha256:" + HEX);
    }

    @Test
    void showsDockerHubNamesShort() {
        assertThat(ImageReference.parse("docker.io/library/nginx")).hasToString("nginx:latest");
        assertThat(ImageReference.parse("docker.io/user/app:1")).hasToString("user/app:1");
        assertThat(ImageReference.parse("quay.io/library/nginx"))
                .hasToString("quay.io/library/nginx:latest");
    }

    @Test
    void readsTransports() {
        assertThat(ImageReference.parse("docker-archive:some/file.tar"))
                .isEqualTo(new DockerArchive(Path.of("some/file.tar"), Optional.empty()));
        assertThat(ImageReference.parse("oci:/some/dir:v1"))
                .isEqualTo(new OciLayout(Path.of("/some/dir"), Optional.of("v1")));
        assertThat(ImageReference.parse("oci-archive:file.tar:v1"))
                .isEqualTo(new OciArchive(Path.of("file.tar"), Optional.of("v1")));
        assertThat(ImageReference.parse("sha256:e3b0c442")).isEqualTo(new LocalId("e3b0c442"));
    }

    @Test
    void readsTheImageOfAnArchiveWithSeveral() {
        DockerArchive archive =
                (DockerArchive) ImageReference.parse("docker-archive:file.tar:localhost:5000/a:b");

        assertThat(archive.file()).isEqualTo(Path.of("file.tar"));
        assertThat(archive.name().map(RegistryName::canonical)).contains("localhost:5000/a:b");
    }

    @Test
    void takesAnExistingFileWithColonsAsAWhole(@TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("a:b.tar"));

        assertThat(ImageReference.parse("docker-archive:" + file))
                .isEqualTo(new DockerArchive(file, Optional.empty()));
        assertThat(ImageReference.parse("docker-archive:" + file + ":c"))
                .isInstanceOfSatisfying(
                        DockerArchive.class, archive -> assertThat(archive.file()).isEqualTo(file));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Nginx",
                "a:b:c",
                "name:",
                "name:-tag",
                "/name",
                "name/",
                "a//b",
                "../etc/passwd",
                "a/../b",
                "name@sha256:abc",
                "name@md5:0123",
                "host.example:0/x",
                "host.example:99999/x",
                "-host.example/x",
                "[::1/x",
                "docker-archive:",
                "oci:",
                "sha256:XYZ",
                "name\u0000",
                "name tag",
            })
    void refusesWhatIsNoReference(String text) {
        assertInvalid(text);
    }

    private static void assertInvalid(String text) {
        assertThatThrownBy(() -> ImageReference.parse(text))
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REFERENCE));
    }
}
