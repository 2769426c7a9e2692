package dev.littlecloud.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.image.testing.RegistryServer;
import dev.littlecloud.image.testing.TarBuilder;
import dev.littlecloud.image.testing.TestImages;
import dev.littlecloud.image.testing.Tools;
import dev.littlecloud.image.testing.Trees;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls from a real registry what a real tool pushed. */
class RegistryPullTest {
    private static final byte[] BASE = new TarBuilder().file("base", "x".repeat(50_000)).build();
    private static final byte[] ONE = new TarBuilder().file("app", "one").build();
    private static final byte[] TWO = new TarBuilder().file("app", "two").build();

    @TempDir private Path directory;
    private ImageStore store;
    private final ConcurrentLinkedQueue<String> work = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void openStore() {
        store = ImageStore.open(directory.resolve("data"));
    }

    private void push(RegistryServer registry, String name, byte[]... layers) throws Exception {
        Path path = directory.resolve("layout-" + name.replace(':', '-'));
        TestImages.Layout layout = new TestImages.Layout(path);
        layout.tagged(layout.image("amd64", layers), "v").write();
        copy("oci:" + path + ":v", registry, name);
    }

    private void copy(String from, RegistryServer registry, String name, String... options) {
        Tools.run(
                directory,
                Stream.of(
                                Stream.of("skopeo", "copy", "--quiet", "--insecure-policy"),
                                Stream.of("--dest-tls-verify=false"),
                                Stream.of(options),
                                Stream.of(from, "docker://" + registry.host() + "/" + name))
                        .flatMap(part -> part)
                        .toArray(String[]::new));
    }

    private Image pull(RegistryServer registry, String name, PullPolicy policy) {
        work.clear();
        return store.resolve(
                ImageReference.parse(registry.host() + "/" + name),
                policy,
                (what, bytes) -> {
                    work.add(what);
                    return Progress.Task.NONE;
                });
    }

    private List<String> pulls() {
        return work.stream().filter(what -> what.startsWith("pulling")).toList();
    }

    @Test
    void pullsOnceAndThenFindsTheImageHere() throws Exception {
        Image image;
        String host;
        try (RegistryServer registry = RegistryServer.start(directory, "")) {
            host = registry.host();
            push(registry, "team/app:v1", BASE, ONE);
            image = pull(registry, "team/app:v1", PullPolicy.MISSING);
            assertThat(pulls()).hasSize(2);
            assertThat(Trees.text(image.tree(), "app")).isEqualTo("one");
            assertThat(image.manifest()).isPresent();
        }
        Image again =
                store.resolve(
                        ImageReference.parse(host + "/team/app:v1"),
                        PullPolicy.MISSING,
                        Progress.NONE);
        assertThat(again.id()).isEqualTo(image.id());
        assertThatThrownBy(
                        () ->
                                store.resolve(
                                        ImageReference.parse(host + "/team/app:v1"),
                                        PullPolicy.ALWAYS,
                                        Progress.NONE))
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.NETWORK))
                .hasMessageContaining("is it running?");
    }

    @Test
    void fetchesOnlyWhatChanged() throws Exception {
        try (RegistryServer registry = RegistryServer.start(directory, "")) {
            push(registry, "app:v", BASE, ONE);
            Digest first = pull(registry, "app:v", PullPolicy.MISSING).id();
            push(registry, "app:v", BASE, TWO);

            assertThat(pull(registry, "app:v", PullPolicy.MISSING).id()).isEqualTo(first);
            Image second = pull(registry, "app:v", PullPolicy.ALWAYS);
            assertThat(pulls()).hasSize(1);
            assertThat(Trees.text(second.tree(), "app")).isEqualTo("two");
            assertThat(Trees.text(second.tree(), "base")).hasSize(50_000);

            assertThat(pull(registry, "app:v", PullPolicy.ALWAYS).id()).isEqualTo(second.id());
            assertThat(work).isEmpty();
        }
    }

    @Test
    void fetchesALayerAgainThatWasDamagedHere() throws Exception {
        try (RegistryServer registry = RegistryServer.start(directory, "")) {
            push(registry, "app:v", BASE, ONE);
            push(registry, "other:v", BASE, TWO);
            pull(registry, "app:v", PullPolicy.MISSING);
            try (Stream<Path> layers = Files.list(directory.resolve("data/images/blobs/sha256"))) {
                for (Path layer : layers.toList()) {
                    byte[] bytes = Files.readAllBytes(layer);
                    bytes[bytes.length - 9] ^= 1;
                    Files.write(layer, bytes);
                }
            }

            Image other = pull(registry, "other:v", PullPolicy.MISSING);

            assertThat(pulls()).hasSize(2);
            assertThat(Trees.text(other.tree(), "base")).hasSize(50_000);
        }
    }

    @Test
    void dropsLayersWithTheirLastImage() throws Exception {
        try (RegistryServer registry = RegistryServer.start(directory, "")) {
            push(registry, "app:v1", BASE, ONE);
            push(registry, "app:v2", BASE, TWO);
            pull(registry, "app:v1", PullPolicy.MISSING);
            pull(registry, "app:v2", PullPolicy.MISSING);
            Path blobs = directory.resolve("data/images/blobs/sha256");
            assertThat(blobs).isDirectoryContaining(file -> true);

            store.remove(registry.host() + "/app:v1");
            try (Stream<Path> left = Files.list(blobs)) {
                assertThat(left).hasSize(2);
            }
            store.remove(registry.host() + "/app:v2");
            assertThat(blobs).isEmptyDirectory();
        }
    }

    @Test
    void pullsByDigestZstdAndDockerFormats() throws Exception {
        try (RegistryServer registry = RegistryServer.start(directory, "")) {
            push(registry, "app:v1", BASE, ONE);
            String from = "oci:" + directory.resolve("layout-app-v1") + ":v";
            copy(from, registry, "app:zstd", "--dest-compress-format", "zstd");
            copy(from, registry, "app:docker", "--format", "v2s2");

            Image image = pull(registry, "app:v1", PullPolicy.MISSING);
            Digest manifest = image.manifest().orElseThrow();
            Image byDigest = pull(registry, "app@" + manifest, PullPolicy.MISSING);
            assertThat(byDigest.id()).isEqualTo(image.id());
            Image zstd = pull(registry, "app:zstd", PullPolicy.MISSING);
            assertThat(Trees.text(zstd.tree(), "app")).isEqualTo("one");
            Image docker = pull(registry, "app:docker", PullPolicy.MISSING);
            assertThat(Trees.text(docker.tree(), "app")).isEqualTo("one");
        }
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        try (RegistryServer registry = RegistryServer.start(directory, "")) {
            assertThatThrownBy(() -> pull(registry, "nothing:v1", PullPolicy.MISSING))
                    .isInstanceOfSatisfying(
                            ImageException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
                    .hasMessageContaining("nothing:v1 is not in the registry localhost:");
        }
        assertThat(directory.resolve("data/images/tmp")).isEmptyDirectory();
    }
}
