package dev.littlecloud.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.testing.TarBuilder;
import dev.littlecloud.image.testing.TestImages;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents of archives and layouts, damaged: an image or an ImageException, never anything else. */
class ArchiveFuzzTest {
    private static final long NANOS = 2_000_000_000L;
    private static final String RUN_CONFIG =
            """
            {"Entrypoint":["/a"],"Cmd":null,"Env":["A=b"],"User":"1:2","WorkingDir":"/w",
             "ExposedPorts":{"80/tcp":{}},"Volumes":{"/v":{}},"StopSignal":"SIGINT",
             "Labels":{"l":"m"},"Healthcheck":{"Test":["NONE"],"Interval":1,"Retries":2}}""";

    /** What hostile or careless writers put in the place of something else. */
    private static final List<String> TOKENS =
            List.of(
                    "null",
                    "true",
                    "-1",
                    "1e999",
                    "99999999999999999999",
                    "\"\"",
                    "[]",
                    "{}",
                    "[[[[[[",
                    "\"\\u0000\"",
                    "\"../../etc/passwd\"",
                    "\"sha256:\"",
                    "\"sha512:00\"",
                    "\"a/b:c@d\"",
                    "\"linux\"",
                    "{\"manifests\":[]}",
                    ",",
                    ":",
                    "\"",
                    "\\");

    @TempDir private Path directory;

    @Test
    void survivesDamagedDocuments() throws Exception {
        byte[] layer = new TarBuilder().file("hello", "world").build();
        ImageStore store = ImageStore.open(directory.resolve("data"));
        TestImages.Layout layout = new TestImages.Layout(directory.resolve("layout"));
        Path path = layout.tagged(layout.image("amd64", layer), "v").write();
        String index = Files.readString(path.resolve("index.json"));
        long seed = Long.getLong("seed", 20261121);
        System.out.println("ArchiveFuzzTest.survivesDamagedDocuments seed " + seed);
        Random random = new Random(seed);
        long end = System.nanoTime() + NANOS;
        int loaded = 0;
        int refused = 0;
        while (System.nanoTime() < end) {
            String reference;
            if (random.nextInt(4) == 0) {
                Files.writeString(path.resolve("index.json"), damaged(index, random));
                reference = "oci:" + path + ":v";
            } else {
                Path archive = directory.resolve("archive.tar");
                Files.write(archive, archive(layer, random));
                reference = "docker-archive:" + archive;
            }
            try {
                store.load(ImageReference.parse(reference), Progress.NONE);
                loaded++;
            } catch (ImageException e) {
                refused++;
                assertThat(e.getMessage()).doesNotContain("\n");
            }
        }
        assertThat(loaded).isPositive();
        assertThat(refused).isGreaterThan(10);
        assertThat(directory.resolve("data/images/tmp")).isEmptyDirectory();
        store.list();
    }

    private static byte[] archive(byte[] layer, Random random) {
        String config = TestImages.config("amd64", RUN_CONFIG, List.of(layer));
        String manifest =
                "[{\"Config\":\"c.json\",\"RepoTags\":[\"app:v1\"],\"Layers\":[\"l.tar\"]}]";
        boolean isConfig = random.nextBoolean();
        return new TarBuilder()
                .file("c.json", isConfig ? damaged(config, random) : config)
                .file("l.tar", layer)
                .file("manifest.json", isConfig ? manifest : damaged(manifest, random))
                .build();
    }

    private static String damaged(String text, Random random) {
        StringBuilder damaged = new StringBuilder(text);
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(damaged.length());
            int length = Math.min(random.nextInt(12), damaged.length() - at);
            switch (random.nextInt(4)) {
                case 0 -> damaged.replace(at, at + length, pick(random));
                case 1 -> damaged.insert(at, pick(random));
                case 2 -> damaged.setCharAt(at, (char) random.nextInt(256));
                default -> {
                    // A whole value: from one quote or bracket to the next.
                    int from = damaged.indexOf(":", at);
                    int to = from < 0 ? -1 : damaged.indexOf(",", from);
                    if (to > 0) {
                        damaged.replace(from + 1, to, pick(random));
                    }
                }
            }
        }
        return new String(
                damaged.toString().getBytes(StandardCharsets.ISO_8859_1),
                StandardCharsets.ISO_8859_1);
    }

    private static String pick(Random random) {
        return TOKENS.get(random.nextInt(TOKENS.size()));
    }
}
