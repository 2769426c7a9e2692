package dev.littlecloud.image.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageLimits;
import dev.littlecloud.image.testing.TarBuilder;
import dev.littlecloud.image.testing.TarBuilder.Header;
import dev.littlecloud.image.testing.TestImages;
import dev.littlecloud.image.testing.Tools;
import dev.littlecloud.image.testing.Trees;
import dev.littlecloud.image.tree.ImageTree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged layers give a tree or an ImageException, never anything else, and never hang. */
class FlattenerFuzzTest {
    private static final ImageLimits LIMITS = new ImageLimits(8 << 20, 1_000, 20, 100_000);
    private static final long NANOS = 2_500_000_000L;

    @TempDir private Path directory;

    private static byte[] seedTar() {
        byte[] sparseMap = Arrays.copyOf(TestImages.utf8("2\n0\n10\n5000\n20\n"), 512 + 30);
        return new TarBuilder()
                .directory("d/")
                .file("d/f", "contents")
                .hardLink("d/h", "d/f")
                .symlink("s", "d")
                .file("s/through", "x".repeat(5_000))
                .pax("path", "p".repeat(150))
                .pax("mtime", "-1.5")
                .pax("SCHILY.xattr.user.x", "y")
                .file("short", "z")
                .pax("GNU.sparse.major", "1")
                .pax("GNU.sparse.minor", "0")
                .pax("GNU.sparse.name", "sparse")
                .pax("GNU.sparse.realsize", "6000")
                .file("s0", sparseMap)
                .pax("GNU.sparse.size", "9000")
                .pax("GNU.sparse.map", "0,5,8000,5")
                .file("s1", "0123456789")
                .entry(new Header("l", 'L').size(120), TestImages.utf8("l".repeat(120)))
                .entry(new Header("dev", '3').device(1, 3), new byte[0])
                .entry(new Header("fifo", '6'), new byte[0])
                .file("d/.wh.f", "")
                .file("d/.wh..wh..opq", "")
                .build();
    }

    @Test
    void survivesDamagedTars() throws Exception {
        byte[] seedTar = seedTar();
        assertThat(flattens(List.of(TestImages.layer(seedTar)))).isTrue();
        long seed = Long.getLong("seed", 20261121);
        System.out.println("FlattenerFuzzTest.survivesDamagedTars seed " + seed);
        Random random = new Random(seed);
        long end = System.nanoTime() + NANOS;
        int flattened = 0;
        int refused = 0;
        while (System.nanoTime() < end) {
            byte[] tar = mutate(seedTar, random);
            repairChecksums(tar);
            if (flattens(List.of(TestImages.layer(seedTar), TestImages.layer(tar)))) {
                flattened++;
            } else {
                refused++;
            }
        }
        assertThat(flattened).isGreaterThan(10);
        assertThat(refused).isGreaterThan(10);
    }

    @Test
    void survivesDamagedCompression() throws Exception {
        Tools.require("zstd");
        byte[] tar = seedTar();
        Files.write(directory.resolve("seed.tar"), tar);
        Tools.run(directory, "zstd", "-q", "seed.tar", "-o", "seed.zst");
        byte[][] packed = {TestImages.gzip(tar), Files.readAllBytes(directory.resolve("seed.zst"))};
        long seed = Long.getLong("seed", 20261121);
        System.out.println("FlattenerFuzzTest.survivesDamagedCompression seed " + seed);
        Random random = new Random(seed);
        long end = System.nanoTime() + NANOS;
        int refused = 0;
        while (System.nanoTime() < end) {
            byte[] bytes = mutate(packed[random.nextInt(2)], random);
            LayerSource layer =
                    new LayerSource(
                            "layer 1 (test)",
                            Optional.empty(),
                            bytes.length,
                            Optional.empty(),
                            Digest.sha256(tar),
                            () -> new ByteArrayInputStream(bytes));
            if (!flattens(List.of(layer))) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(10);
    }

    private boolean flattens(List<LayerSource> layers) throws Exception {
        Path target = Files.createTempDirectory(directory, "fuzz");
        try {
            ImageTree tree = Trees.flatten(target, LIMITS, layers);
            assertThat(Trees.paths(tree).keySet())
                    .noneMatch(path -> List.of(path.split("/")).contains(".."));
            return true;
        } catch (ImageException e) {
            return false;
        } finally {
            Tools.deleteTree(target);
        }
    }

    private static byte[] mutate(byte[] seedBytes, Random random) {
        byte[] bytes = seedBytes.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> {
                    byte[] texts = TestImages.utf8("../9999999777\0\0=\n /.wh.-1");
                    int from = random.nextInt(texts.length);
                    int length = Math.min(texts.length - from, bytes.length - at);
                    System.arraycopy(
                            texts, from, bytes, at, Math.min(length, 1 + random.nextInt(8)));
                }
                case 3 -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
                default -> bytes = swapBlocks(bytes, random);
            }
        }
        return bytes;
    }

    private static byte[] swapBlocks(byte[] bytes, Random random) {
        int blocks = bytes.length / 512;
        if (blocks < 2) {
            return bytes;
        }
        int from = random.nextInt(blocks) * 512;
        int to = random.nextInt(blocks) * 512;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, to);
        out.write(bytes, from, 512);
        out.write(bytes, to, bytes.length - to);
        return out.toByteArray();
    }

    /** Without this nearly every change would end at the checksum and try nothing else. */
    private static void repairChecksums(byte[] tar) {
        ByteBuffer buffer = ByteBuffer.wrap(tar);
        for (int at = 0; at + 512 <= tar.length; at += 512) {
            if (tar[at + 257] != 'u' || tar[at + 258] != 's') {
                continue;
            }
            Arrays.fill(tar, at + 148, at + 156, (byte) ' ');
            int sum = 0;
            for (int i = at; i < at + 512; i++) {
                sum += tar[i] & 0xff;
            }
            buffer.position(at + 148);
            buffer.put(TestImages.utf8(String.format("%06o\0 ", sum)));
        }
    }
}
