package dev.littlecloud.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.image.ImageConfig.ExposedPort;
import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.image.testing.TarBuilder;
import dev.littlecloud.image.testing.TestImages;
import dev.littlecloud.image.testing.Tools;
import dev.littlecloud.image.testing.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageStoreTest {
    private static final byte[] LAYER = new TarBuilder().file("hello", "world").build();
    private static final byte[] OTHER = new TarBuilder().file("other", "file").build();

    @TempDir private Path directory;
    private ImageStore store;

    @BeforeEach
    void openStore() {
        store = ImageStore.open(directory.resolve("data"));
    }

    private String archive(String name, byte[]... layers) {
        return archive(TestImages.dockerArchive(name, "{}", layers));
    }

    private String archive(byte[] bytes) {
        try {
            Path file = Files.createTempFile(directory, "image", ".tar");
            Files.write(file, bytes);
            return "docker-archive:" + file;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Image resolve(String reference) {
        return store.resolve(ImageReference.parse(reference), PullPolicy.MISSING, Progress.NONE);
    }

    private static void assertFails(ErrorCode code, String message, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.code()).describedAs(e.getMessage()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    @Test
    void loadsAnArchiveAndFindsItByNameAndId() {
        Image image = resolve(archive("app:v1", LAYER, OTHER));

        assertThat(Trees.text(image.tree(), "hello")).isEqualTo("world");
        assertThat(Trees.text(image.tree(), "other")).isEqualTo("file");
        assertThat(resolve("app:v1").id()).isEqualTo(image.id());
        assertThat(resolve("docker.io/library/app:v1").id()).isEqualTo(image.id());
        assertThat(resolve(image.id().toString()).id()).isEqualTo(image.id());
        assertThat(resolve(image.id().shortHex()).id()).isEqualTo(image.id());
        assertThat(store.inspect("app:v1").config()).isEqualTo(image.config());
    }

    @Test
    void readsTheWholeConfiguration() {
        Image image =
                resolve(
                        archive(
                                TestImages.dockerArchive(
                                        "full",
                                        """
                                        {"Entrypoint":["/app","-x"],"Cmd":["a b","ü"],
                                         "Env":["PATH=/bin","EMPTY="],"User":"1000:app",
                                         "WorkingDir":"/srv","ExposedPorts":{"80/tcp":{},"53/udp":{}},
                                         "Volumes":{"/data":{}},"StopSignal":"SIGQUIT",
                                         "Labels":{"a":"b"},
                                         "Healthcheck":{"Test":["CMD","true"],"Interval":5000000000,
                                          "Timeout":1000000,"StartPeriod":0,"Retries":3}}""",
                                        LAYER)));

        ImageConfig config = image.config();
        assertThat(config.entrypoint()).containsExactly("/app", "-x");
        assertThat(config.cmd()).containsExactly("a b", "ü");
        assertThat(config.env()).containsExactly("PATH=/bin", "EMPTY=");
        assertThat(config.user()).isEqualTo("1000:app");
        assertThat(config.workingDir()).isEqualTo("/srv");
        assertThat(config.exposedPorts())
                .containsExactlyInAnyOrder(new ExposedPort(80, "tcp"), new ExposedPort(53, "udp"));
        assertThat(config.volumes()).containsExactly("/data");
        assertThat(config.stopSignal()).contains("SIGQUIT");
        assertThat(config.labels()).isEqualTo(Map.of("a", "b"));
        assertThat(config.healthcheck())
                .contains(
                        new ImageConfig.Healthcheck(
                                List.of("CMD", "true"),
                                Duration.ofSeconds(5),
                                Duration.ofMillis(1),
                                Duration.ZERO,
                                3));
        assertThat(config.created()).isEqualTo(Instant.parse("2024-05-06T07:08:09.123456789Z"));
    }

    @Test
    void anImageThatSaysNothingHasAnEmptyConfiguration() {
        ImageConfig config = resolve(archive(TestImages.dockerArchive("", "null", LAYER))).config();

        assertThat(config)
                .usingRecursiveComparison()
                .ignoringFields("created")
                .isEqualTo(ImageConfig.EMPTY);
    }

    @Test
    void givesTheNameToTheNewestImage() {
        Digest old = resolve(archive("app", LAYER)).id();
        Digest current = resolve(archive("app", OTHER)).id();

        assertThat(resolve("app").id()).isEqualTo(current).isNotEqualTo(old);
        assertThat(store.list())
                .extracting(ImageSummary::id, summary -> summary.names().size())
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(old, 0),
                        org.assertj.core.groups.Tuple.tuple(current, 1));
    }

    @Test
    void removesAnImageWithItsLastName() {
        resolve(archive("app:a", LAYER));
        Digest id = resolve(archive("app:b", LAYER)).id();

        assertFails(ErrorCode.AMBIGUOUS, "app:a app:b", () -> store.remove(id.shortHex()));
        store.remove("app:a");
        assertThat(store.list())
                .singleElement()
                .satisfies(
                        summary ->
                                assertThat(summary.names())
                                        .extracting(RegistryName::familiar)
                                        .containsExactly("app:b"));
        store.remove(id.shortHex());
        assertThat(store.list()).isEmpty();
        assertThat(directory.resolve("data/images/trees-1")).isEmptyDirectory();
        assertFails(ErrorCode.NOT_FOUND, "'app:b'", () -> store.remove("app:b"));
    }

    @Test
    void aRemovedImageStaysReadableToWhoHasItOpen() throws Exception {
        Image image = resolve(archive("app", LAYER));
        try (var blob = java.nio.channels.FileChannel.open(image.tree().blob())) {
            store.remove("app");

            assertThat(blob.size()).isEqualTo(image.tree().blobSize());
            assertThat(Trees.paths(image.tree())).containsOnlyKeys("hello");
        }
        assertFails(ErrorCode.NOT_FOUND, "no image 'app' in the store", () -> store.inspect("app"));
    }

    @Test
    void neverPullsWhereToldNotTo() {
        assertFails(
                ErrorCode.NOT_FOUND,
                "no image 'localhost:1/app:latest'",
                () ->
                        store.resolve(
                                ImageReference.parse("localhost:1/app"),
                                PullPolicy.NEVER,
                                Progress.NONE));
    }

    @Test
    void refusesArchivesThatAreNone() throws Exception {
        assertFails(ErrorCode.NOT_FOUND, "no file", () -> resolve("docker-archive:/missing.tar"));
        assertFails(
                ErrorCode.MALFORMED,
                "not an image archive",
                () -> resolve(archive(TestImages.utf8("x".repeat(2_000)))));
        assertFails(
                ErrorCode.MALFORMED,
                "not made by docker save",
                () -> resolve(archive(new TarBuilder().file("x", "y").build())));
        assertFails(
                ErrorCode.MALFORMED,
                "oci-archive:",
                () -> resolve(archive(new TarBuilder().file("index.json", "{}").build())));
        assertFails(
                ErrorCode.MALFORMED,
                "is not JSON",
                () -> resolve(archive(new TarBuilder().file("manifest.json", "[{").build())));
        assertFails(
                ErrorCode.MALFORMED,
                "no file 'c.json'",
                () ->
                        resolve(
                                archive(
                                        new TarBuilder()
                                                .file("manifest.json", "[{\"Config\":\"c.json\"}]")
                                                .build())));
        assertThat(store.list()).isEmpty();
        assertThat(directory.resolve("data/images/tmp")).isEmptyDirectory();
    }

    @Test
    void refusesALayerThatWasChanged() {
        byte[] archive = TestImages.dockerArchive("app", "{}", LAYER);
        String text = new String(archive, java.nio.charset.StandardCharsets.ISO_8859_1);
        byte[] changed =
                text.replace("world", "w0rld")
                        .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);

        assertFails(ErrorCode.DIGEST_MISMATCH, "layer 1", () -> resolve(archive(changed)));
        assertThat(store.list()).isEmpty();
    }

    @Test
    void refusesImagesForOtherPlatforms() {
        byte[] config = TestImages.utf8(TestImages.config("arm64", "{}", List.of(LAYER)));
        byte[] archive =
                new TarBuilder()
                        .file("c", config)
                        .file("l", LAYER)
                        .file("manifest.json", "[{\"Config\":\"c\",\"Layers\":[\"l\"]}]")
                        .build();

        assertFails(ErrorCode.WRONG_PLATFORM, "linux/arm64", () -> resolve(archive(archive)));
    }

    @Test
    void readsArchivesThatArePackedThemselves() throws Exception {
        byte[] archive = TestImages.dockerArchive("app", "{}", LAYER);

        assertThat(resolve(archive(TestImages.gzip(archive))).id())
                .isEqualTo(resolve(archive(archive)).id());
        assertThat(directory.resolve("data/images/tmp")).isEmptyDirectory();
    }

    @Test
    void takesTheImageAskedForOutOfSeveral() {
        byte[] a = TestImages.utf8(TestImages.config("amd64", "{}", List.of(LAYER)));
        byte[] b = TestImages.utf8(TestImages.config("amd64", "{}", List.of(OTHER)));
        String archive =
                archive(
                        new TarBuilder()
                                .file("a.json", a)
                                .file("b.json", b)
                                .file("a/layer.tar", LAYER)
                                .file("b/layer.tar", OTHER)
                                .symlink("c/layer.tar", "../a/layer.tar")
                                .file(
                                        "manifest.json",
                                        """
                                        [{"Config":"a.json","RepoTags":["a:1"],"Layers":["c/layer.tar"]},
                                         {"Config":"b.json","RepoTags":["b:1"],"Layers":["b/layer.tar"]}]""")
                                .build());

        assertThat(Trees.paths(resolve(archive + ":b:1").tree())).containsOnlyKeys("other");
        assertThat(store.list()).hasSize(1);
        assertFails(ErrorCode.AMBIGUOUS, "several images", () -> resolve(archive));
        assertFails(ErrorCode.NOT_FOUND, "a:1, b:1", () -> resolve(archive + ":c"));
        assertThat(store.load(ImageReference.parse(archive), Progress.NONE)).hasSize(2);
        assertThat(Trees.paths(resolve("a:1").tree())).containsOnlyKeys("hello");
    }

    @Test
    void readsAnUnchangedArchiveOnce() throws Exception {
        Digest other = resolve(archive("other:v1", OTHER)).id();
        String reference = archive("", LAYER);
        Path file = Path.of(reference.substring("docker-archive:".length()));
        awaitSettled(file);
        Digest id = resolve(reference).id();
        assertThat(resolve(reference).id()).isEqualTo(id);

        // A false note shows that it is the note that answers.
        try (Stream<Path> notes = Files.list(directory.resolve("data/images/seen"))) {
            Path note = notes.toList().getFirst();
            Files.writeString(
                    note, Files.readString(note).replace(id.toString(), other.toString()));
        }
        assertThat(resolve(reference).id()).isEqualTo(other);

        store.remove("other:v1");
        assertThat(resolve(reference).id()).isEqualTo(id);

        Files.write(file, new byte[] {1}, java.nio.file.StandardOpenOption.APPEND);
        assertThat(resolve(reference).id()).isEqualTo(id);
        Files.write(file, new byte[1_000]);
        assertThatThrownBy(() -> resolve(reference)).isInstanceOf(ImageException.class);
        Files.delete(file);
        assertFails(ErrorCode.NOT_FOUND, "no file", () -> resolve(reference));
    }

    @Test
    void runningAnUnchangedArchiveGivesItItsNameBack() throws Exception {
        String reference = archive("app:v1", LAYER);
        awaitSettled(Path.of(reference.substring("docker-archive:".length())));
        Digest id = resolve(reference).id();

        assertThat(resolve(archive("app:v1", OTHER)).id()).isNotEqualTo(id);
        assertThat(resolve(reference).id()).isEqualTo(id);
        assertThat(resolve("app:v1").id()).isEqualTo(id);
    }

    /** Until the file's last change is long enough ago to be told from a next one. */
    private static void awaitSettled(Path file) throws Exception {
        java.nio.file.attribute.FileTime changed =
                (java.nio.file.attribute.FileTime) Files.getAttribute(file, "unix:ctime");
        while (Instant.now().isBefore(changed.toInstant().plusMillis(2_100))) {
            Thread.sleep(50);
        }
    }

    @Test
    void picksLinuxAmd64OutOfALayout() {
        TestImages.Layout layout = new TestImages.Layout(directory.resolve("layout"));
        String arm =
                layout.image("arm64", LAYER)
                        + ",\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\"}}";
        String attestation =
                layout.image("amd64", LAYER)
                        + ",\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}}";
        String v3 =
                layout.image("amd64", LAYER)
                        + ",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\",\"variant\":\"v3\"}}";
        String amd =
                layout.image("amd64", OTHER)
                        + ",\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}}";
        byte[] index =
                TestImages.utf8(
                        "{\"schemaVersion\":2,\"manifests\":["
                                + String.join(",", arm, attestation, v3, amd)
                                + "]}");
        byte[] foreign = TestImages.utf8("{\"schemaVersion\":2,\"manifests\":[" + arm + "]}");
        Path path =
                layout.tagged(
                                TestImages.descriptor(
                                        "application/vnd.oci.image.index.v1+json",
                                        layout.blob(index),
                                        index.length),
                                "multi")
                        .tagged(
                                TestImages.descriptor(
                                        "application/vnd.oci.image.index.v1+json",
                                        layout.blob(foreign),
                                        foreign.length),
                                "arm")
                        .write();

        assertThat(Trees.paths(resolve("oci:" + path + ":multi").tree())).containsOnlyKeys("other");
        assertFails(
                ErrorCode.WRONG_PLATFORM,
                "only for linux/arm64",
                () -> resolve("oci:" + path + ":arm"));
        assertFails(ErrorCode.AMBIGUOUS, "arm, multi", () -> resolve("oci:" + path));
        assertFails(ErrorCode.NOT_FOUND, "arm, multi", () -> resolve("oci:" + path + ":x"));
    }

    @Test
    void takesFullNamesOutOfALayout() {
        TestImages.Layout layout = new TestImages.Layout(directory.resolve("layout"));
        Path path = layout.tagged(layout.image("amd64", LAYER), "ghcr.io/me/app:v1").write();

        Digest id = resolve("oci:" + path + ":v1").id();

        assertThat(resolve("ghcr.io/me/app:v1").id()).isEqualTo(id);
    }

    @Test
    void refusesALayoutWhoseBlobsWereChanged() throws Exception {
        TestImages.Layout layout = new TestImages.Layout(directory.resolve("layout"));
        Path path = layout.tagged(layout.image("amd64", LAYER), "v1").write();
        try (Stream<Path> blobs = Files.list(path.resolve("blobs/sha256"))) {
            for (Path blob : blobs.toList()) {
                byte[] good = Files.readAllBytes(blob);
                byte[] bad = good.clone();
                bad[bad.length / 2] ^= 1;
                Files.write(blob, bad);
                assertThatThrownBy(() -> resolve("oci:" + path + ":v1"))
                        .isInstanceOf(ImageException.class);
                Files.write(blob, good);
            }
        }
        assertThat(store.list()).isEmpty();
        resolve("oci:" + path + ":v1");
    }

    @Test
    void readsWhatSkopeoWrites() {
        Tools.require("skopeo");
        TestImages.Layout layout = new TestImages.Layout(directory.resolve("layout"));
        layout.tagged(layout.image("amd64", LAYER, OTHER), "v1").write();
        copy("oci:layout:v1", "docker-archive:d.tar:localhost:9/app:v2");
        copy("oci:layout:v1", "oci-archive:o.tar:v3");
        copy("oci:layout:v1", "oci:zstd:v4", "--dest-compress-format", "zstd");

        Image archive = resolve("docker-archive:" + directory.resolve("d.tar"));
        assertThat(Trees.text(archive.tree(), "hello")).isEqualTo("world");
        assertThat(resolve("localhost:9/app:v2").id()).isEqualTo(archive.id());
        Image oci = resolve("oci-archive:" + directory.resolve("o.tar") + ":v3");
        assertThat(Trees.text(oci.tree(), "other")).isEqualTo("file");
        Image zstd = resolve("oci:" + directory.resolve("zstd"));
        assertThat(Trees.text(zstd.tree(), "hello")).isEqualTo("world");
    }

    private void copy(String from, String to, String... options) {
        String[] command =
                Stream.of(
                                Stream.of("skopeo", "copy", "--quiet", "--insecure-policy"),
                                Stream.of(options),
                                Stream.of(from, to))
                        .flatMap(part -> part)
                        .toArray(String[]::new);
        Tools.run(directory, command);
    }

    @Test
    void keepsImagesFromOtherUsers() throws Exception {
        assertThat(Files.getPosixFilePermissions(directory.resolve("data/images")))
                .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void reportsProgressInBytes() {
        var total = new java.util.concurrent.atomic.AtomicLong();
        var begun = new java.util.ArrayList<String>();
        Progress progress =
                (what, bytes) -> {
                    begun.add(what);
                    return new Progress.Task() {
                        @Override
                        public void advance(long done) {
                            total.addAndGet(done);
                        }

                        @Override
                        public void close() {}
                    };
                };
        store.resolve(ImageReference.parse(archive("app", LAYER)), PullPolicy.MISSING, progress);

        assertThat(begun).singleElement().asString().startsWith("unpacking layer 1");
        assertThat(total).hasValue(LAYER.length);
    }

    @Test
    void choosesTheDataDirectory() {
        Path home = Path.of("/home/me");

        assertThat(DataDirectory.choose(Map.of("LITTLECLOUD_DATA", "/x"), "root", home))
                .isEqualTo(Path.of("/x"));
        assertThat(DataDirectory.choose(Map.of(), "root", home))
                .isEqualTo(Path.of("/var/lib/littlecloud"));
        assertThat(DataDirectory.choose(Map.of(), "me", home))
                .isEqualTo(Path.of("/home/me/.local/share/littlecloud"));
        assertThat(DataDirectory.choose(Map.of("XDG_DATA_HOME", "/d"), "me", home))
                .isEqualTo(Path.of("/d/littlecloud"));
    }
}
