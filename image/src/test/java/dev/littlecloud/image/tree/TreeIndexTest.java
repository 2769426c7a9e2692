package dev.littlecloud.image.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.testing.TarBuilder;
import dev.littlecloud.image.testing.TarBuilder.Header;
import dev.littlecloud.image.testing.Trees;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeIndexTest {
    private static final int CHECKSUM = TreeIndexReader.HEADER_BYTES - 4;

    @TempDir private Path directory;

    private ImageTree tree() {
        return Trees.flatten(
                directory,
                new TarBuilder()
                        .file("etc/passwd", "root")
                        .file("etc/group", "x".repeat(9_000))
                        .pax("SCHILY.xattr.user.a", "1")
                        .pax("SCHILY.xattr.user.b", "2")
                        .file("bin/app", "app")
                        .hardLink("bin/other", "bin/app")
                        .symlink("link", "bin/app")
                        .entry(new Header("null", '3').device(1, 3), new byte[0])
                        .entry(new Header("pipe", '6'), new byte[0])
                        .file("\u00ff", "")
                        .file("a", "")
                        .build());
    }

    @Test
    void listsChildrenInTheOrderOfTheirBytes() {
        ImageNode.Directory root = tree().root();

        List<String> names =
                java.util.stream.IntStream.range(0, root.childCount())
                        .mapToObj(root::childName)
                        .toList();
        assertThat(names).containsExactly("a", "bin", "etc", "link", "null", "pipe", "\u00ff");
        for (String name : names) {
            assertThat(root.child(name)).isSameAs(root.child(names.indexOf(name)));
        }
        assertThat(root.child("missing")).isNull();
        assertThat(root.child("")).isNull();
        assertThat(root.child("bi")).isNull();
        assertThat(root.child("\u0161")).isNull();
    }

    @Test
    void numbersInodesTheSameEachTime() {
        ImageTree first = tree();
        ImageTree again = ImageTree.open(first.blob().resolveSibling("index"), first.blob());

        assertThat(first.root().inode()).isEqualTo(1);
        Trees.paths(first)
                .forEach(
                        (path, node) -> {
                            assertThat(Trees.get(again, path).inode()).isEqualTo(node.inode());
                            assertThat(again.node(node.inode())).isSameAs(Trees.get(again, path));
                        });
    }

    @Test
    void countsTheLinksOfFolders() {
        ImageTree tree = tree();

        assertThat(tree.root().linkCount()).isEqualTo(4);
        assertThat(Trees.get(tree, "etc").linkCount()).isEqualTo(2);
    }

    @Test
    void refusesAnyChangedByte() throws Exception {
        ImageTree tree = tree();
        Path index = tree.blob().resolveSibling("index");
        byte[] good = Files.readAllBytes(index);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 0x10;
            Files.write(index, bad);
            assertThatThrownBy(() -> ImageTree.open(index, tree.blob()))
                    .describedAs("byte %d", i)
                    .isInstanceOf(ImageException.class);
        }
        Files.write(index, java.util.Arrays.copyOf(good, good.length - 1));
        assertThatThrownBy(() -> ImageTree.open(index, tree.blob()))
                .hasMessageContaining("length does not fit");
    }

    @Test
    void refusesContentsOfAnotherLength() throws Exception {
        ImageTree tree = tree();
        Files.write(tree.blob(), new byte[4_096]);

        assertThatThrownBy(() -> ImageTree.open(tree.blob().resolveSibling("index"), tree.blob()))
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED))
                .hasMessageContaining("4096 bytes instead of");
    }

    @Test
    void saysWhatToDoAboutAnotherVersion() throws Exception {
        ImageTree tree = tree();
        Path index = tree.blob().resolveSibling("index");
        byte[] bytes = Files.readAllBytes(index);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 99);
        Files.write(index, bytes);

        assertThatThrownBy(() -> ImageTree.open(index, tree.blob()))
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessageContaining("version 99")
                .hasMessageContaining("load it again");
    }

    /** Changes that carry a right checksum: what opens must be a sound tree in every part. */
    @Test
    void survivesRandomIndexes() throws Exception {
        ImageTree tree = tree();
        byte[] good = Files.readAllBytes(tree.blob().resolveSibling("index"));
        long seed = Long.getLong("seed", 20261121);
        System.out.println("TreeIndexTest.survivesRandomIndexes seed " + seed);
        Random random = new Random(seed);
        long end = System.nanoTime() + 2_000_000_000L;
        int opened = 0;
        int refused = 0;
        while (System.nanoTime() < end) {
            byte[] bytes = good.clone();
            mutate(bytes, random);
            if (walks(bytes, tree.blob())) {
                opened++;
            } else {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(100);
        assertThat(opened).isGreaterThan(10);
    }

    private static void mutate(byte[] bytes, Random random) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int header = TreeIndexReader.HEADER_BYTES;
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int at =
                    random.nextInt(10) == 0
                            ? 8 + random.nextInt(header - 12)
                            : header + random.nextInt(bytes.length - header);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> {
                    int aligned = Math.min((at - header) / 4 * 4 + header, bytes.length - 4);
                    int[] values = {
                        0,
                        -1,
                        1,
                        Integer.MAX_VALUE,
                        Integer.MIN_VALUE,
                        4096,
                        0x4000,
                        0x8000,
                        random.nextInt(50)
                    };
                    buffer.putInt(Math.max(aligned, 8), values[random.nextInt(values.length)]);
                }
                default -> {
                    int from = random.nextInt(bytes.length - 16);
                    int to = header + random.nextInt(bytes.length - header - 16);
                    System.arraycopy(bytes, from, bytes, to, 1 + random.nextInt(16));
                }
            }
        }
        CRC32 crc = new CRC32();
        crc.update(bytes, header, bytes.length - header);
        buffer.putInt(CHECKSUM, (int) crc.getValue());
    }

    private static boolean walks(byte[] bytes, Path blob) throws IOException {
        TreeLayout layout;
        try {
            layout = TreeIndexReader.parse(ByteBuffer.wrap(bytes), Path.of("index"));
        } catch (ImageException e) {
            return false;
        }
        ImageTree tree = new ImageTree(layout, blob);
        for (int inode = 1; inode <= tree.nodeCount(); inode++) {
            ImageNode node = tree.node(inode);
            node.xattrs();
            if (node instanceof ImageNode.RegularFile file) {
                assertThat(file.blobOffset() + file.size()).isBetween(0L, tree.blobSize());
            }
            if (node instanceof ImageNode.Directory folder) {
                for (int i = 0; i < folder.childCount(); i++) {
                    assertThat(folder.child(folder.childName(i))).isSameAs(folder.child(i));
                }
            }
        }
        assertThat(Trees.paths(tree).size()).isGreaterThanOrEqualTo(tree.nodeCount() - 1);
        return true;
    }
}
