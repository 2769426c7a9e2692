package dev.littlecloud.image.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.testing.TarBuilder;
import dev.littlecloud.image.testing.TarBuilder.Header;
import dev.littlecloud.image.testing.Trees;
import dev.littlecloud.image.tree.ImageNode;
import dev.littlecloud.image.tree.ImageTree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the OCI image specification's "Layers" says, and what tools agree on beyond it. */
class LayerSemanticsTest {
    @TempDir private Path directory;

    private ImageTree flatten(TarBuilder... layers) {
        return Trees.flatten(
                directory, Arrays.stream(layers).map(TarBuilder::build).toArray(byte[][]::new));
    }

    @Test
    void givesEveryAttributeOfAFile() {
        ImageTree tree =
                flatten(
                        new TarBuilder()
                                .pax("mtime", "1700000000.123456789")
                                .pax("SCHILY.xattr.user.note", "hi")
                                .entry(
                                        new Header("bin/app", '0')
                                                .mode("0006755")
                                                .uid("0001750")
                                                .gid("0000062")
                                                .size(3),
                                        new byte[] {1, 2, 3}));

        ImageNode file = Trees.get(tree, "bin/app");
        assertThat(file.mode()).isEqualTo(0106755);
        assertThat(file.permissions()).isEqualTo(06755);
        assertThat(file.uid()).isEqualTo(1000);
        assertThat(file.gid()).isEqualTo(50);
        assertThat(file.mtimeSeconds()).isEqualTo(1_700_000_000);
        assertThat(file.mtimeNanos()).isEqualTo(123_456_789);
        assertThat(file.linkCount()).isEqualTo(1);
        assertThat(file.xattrs().get("user.note")).isEqualTo("hi".getBytes(StandardCharsets.UTF_8));
        assertThat(Trees.bytes(tree, "bin/app")).containsExactly(1, 2, 3);
    }

    @Test
    void keepsBytesThatAreNoText() {
        byte[] capability = {1, 0, 0, 2, (byte) 0xff, (byte) 0x80, 0, 10, 61};
        ImageTree tree =
                flatten(
                        new TarBuilder()
                                .pax("path", "na\u00ffme\u0080")
                                .pax("SCHILY.xattr.security.capability", capability)
                                .file("x", "contents")
                                .pax("linkpath", "tar\u00fe")
                                .symlink("link", "x"));

        ImageNode file = Trees.get(tree, "na\u00ffme\u0080");
        assertThat(file.xattrs().get("security.capability")).isEqualTo(capability);
        assertThat(((ImageNode.Symlink) Trees.get(tree, "link")).target()).isEqualTo("tar\u00fe");
    }

    @Test
    void cutsTimesThatNanosecondsCannotCount() {
        ImageTree tree =
                flatten(
                        new TarBuilder()
                                .pax("mtime", "99999999999999")
                                .file("late", "")
                                .pax("mtime", "-1.25")
                                .file("early", ""));

        assertThat(Trees.get(tree, "late").mtimeSeconds()).isEqualTo(9_000_000_000L);
        assertThat(Trees.get(tree, "early").mtimeSeconds()).isEqualTo(-2);
        assertThat(Trees.get(tree, "early").mtimeNanos()).isEqualTo(750_000_000);
    }

    @Test
    void knowsDevicesAndFifos() {
        ImageTree tree =
                flatten(
                        new TarBuilder()
                                .entry(new Header("null", '3').device(1, 3), new byte[0])
                                .entry(new Header("sda", '4').device(8, 0), new byte[0])
                                .entry(new Header("pipe", '6'), new byte[0]));

        assertThat(Trees.get(tree, "null"))
                .isInstanceOfSatisfying(
                        ImageNode.Device.class,
                        device -> {
                            assertThat(device.isBlock()).isFalse();
                            assertThat(device.major()).isEqualTo(1);
                            assertThat(device.minor()).isEqualTo(3);
                        });
        assertThat(Trees.get(tree, "sda"))
                .isInstanceOfSatisfying(
                        ImageNode.Device.class, device -> assertThat(device.isBlock()).isTrue());
        assertThat(Trees.get(tree, "pipe")).isInstanceOf(ImageNode.Fifo.class);
    }

    @Test
    void aHardLinkIsTheSameNode() {
        ImageTree tree =
                flatten(
                        new TarBuilder().file("a", "one").hardLink("d/b", "a"),
                        new TarBuilder().hardLink("c", "./d/b"));

        assertThat(Trees.get(tree, "d/b")).isSameAs(Trees.get(tree, "a"));
        assertThat(Trees.get(tree, "c")).isSameAs(Trees.get(tree, "a"));
        assertThat(Trees.get(tree, "a").linkCount()).isEqualTo(3);
    }

    @Test
    void replacingOneNameLeavesTheOthers() {
        ImageTree tree =
                flatten(
                        new TarBuilder().file("a", "one").hardLink("b", "a"),
                        new TarBuilder().file("a", "two"));

        assertThat(Trees.text(tree, "a")).isEqualTo("two");
        assertThat(Trees.text(tree, "b")).isEqualTo("one");
        assertThat(Trees.get(tree, "b").linkCount()).isEqualTo(1);
    }

    @Test
    void aLinkToItselfChangesNothing() {
        ImageTree tree = flatten(new TarBuilder().file("a", "one").hardLink("a", "a"));

        assertThat(Trees.text(tree, "a")).isEqualTo("one");
        assertThat(Trees.get(tree, "a").linkCount()).isEqualTo(1);
    }

    @Test
    void aWhiteoutHidesLowerFilesAndFolders() {
        ImageTree tree =
                flatten(
                        new TarBuilder().file("gone", "x").file("dir/file", "x").file("kept", "x"),
                        new TarBuilder().file(".wh.gone", "").file(".wh.dir", ""));

        assertThat(Trees.paths(tree)).containsOnlyKeys("kept");
    }

    @Test
    void aWhiteoutSparesItsOwnLayerWhateverTheOrder() {
        TarBuilder lower = new TarBuilder().file("dir/old", "x");

        ImageTree after = flatten(lower, new TarBuilder().file("dir/new", "y").file(".wh.dir", ""));
        ImageTree before =
                flatten(lower, new TarBuilder().file(".wh.dir", "").file("dir/new", "y"));

        assertThat(Trees.paths(after)).containsOnlyKeys("dir", "dir/new");
        assertThat(Trees.paths(before)).containsOnlyKeys("dir", "dir/new");
    }

    @Test
    void anOpaqueFolderHidesWhatIsBelowItInLowerLayers() {
        TarBuilder lower = new TarBuilder().file("dir/old", "x").file("dir/sub/deep", "x");

        ImageTree tree =
                flatten(
                        lower,
                        new TarBuilder()
                                .directory("dir/")
                                .file("dir/new", "y")
                                .file("dir/.wh..wh..opq", ""));

        assertThat(Trees.paths(tree)).containsOnlyKeys("dir", "dir/new");
    }

    @Test
    void ignoresWhiteoutsOfNothingAndAufsMarks() {
        ImageTree tree =
                flatten(
                        new TarBuilder()
                                .file("missing/.wh.x", "")
                                .file("missing/.wh..wh..opq", "")
                                .file(".wh..wh.plnk", "")
                                .file("a", "x"));

        assertThat(Trees.paths(tree)).containsOnlyKeys("a");
    }

    @Test
    void aFolderOverAFolderKeepsItsFilesAndTakesTheAttributes() {
        ImageTree tree =
                flatten(
                        new TarBuilder().file("dir/file", "x"),
                        new TarBuilder()
                                .entry(new Header("dir/", '5').mode("0001777"), new byte[0]));

        assertThat(Trees.get(tree, "dir").permissions()).isEqualTo(01777);
        assertThat(Trees.text(tree, "dir/file")).isEqualTo("x");
    }

    @Test
    void aFileOverAFolderAndBackReplacesIt() {
        ImageTree tree =
                flatten(
                        new TarBuilder().file("dir/file", "x").file("file", "x"),
                        new TarBuilder()
                                .file("dir", "now a file")
                                .directory("file/")
                                .file("file/below", "y"));

        assertThat(Trees.text(tree, "file/below")).isEqualTo("y");
        assertThat(Trees.text(tree, "dir")).isEqualTo("now a file");
        assertThat(Trees.find(tree, "dir/file")).isNull();
    }

    @Test
    void writesThroughALinkToAFolder() {
        ImageTree tree =
                flatten(
                        new TarBuilder().directory("usr/bin/").symlink("bin", "usr/bin"),
                        new TarBuilder().file("bin/sh", "#!"));

        assertThat(Trees.text(tree, "usr/bin/sh")).isEqualTo("#!");
        assertThat(Trees.get(tree, "bin")).isInstanceOf(ImageNode.Symlink.class);
    }

    @Test
    void anAbsoluteLinkBeginsAtTheImagesRootAndDotsStopThere() {
        ImageTree tree =
                flatten(
                        new TarBuilder()
                                .symlink("out", "/../../../../tmp/escaped")
                                .symlink("up", "../../..")
                                .file("out/file", "x")
                                .file("up/other", "y")
                                .file("/absolute", "z")
                                .file("a/../b", "w"));

        assertThat(Trees.text(tree, "tmp/escaped/file")).isEqualTo("x");
        assertThat(Trees.text(tree, "other")).isEqualTo("y");
        assertThat(Trees.text(tree, "absolute")).isEqualTo("z");
        assertThat(Trees.text(tree, "b")).isEqualTo("w");
        assertThat(Path.of("/tmp/escaped")).doesNotExist();
    }

    @Test
    void theLastOfEqualNamesWins() {
        ImageTree tree = flatten(new TarBuilder().file("a", "one").file("a", "two"));

        assertThat(Trees.text(tree, "a")).isEqualTo("two");
    }

    @Test
    void putsContentsOnPagesOfTheirOwnFollowedByZeros() throws Exception {
        byte[] odd = new byte[5_000];
        Arrays.fill(odd, (byte) 7);
        ImageTree tree = flatten(new TarBuilder().file("a", "x").file("b", odd).file("empty", ""));

        byte[] blob = java.nio.file.Files.readAllBytes(tree.blob());
        ImageNode.RegularFile b = (ImageNode.RegularFile) Trees.get(tree, "b");
        assertThat(b.blobOffset() % 4096).isZero();
        assertThat(blob).hasSize((int) tree.blobSize());
        assertThat(blob.length % 4096).isZero();
        int end = (int) b.blobOffset() + 5_000;
        assertThat(Arrays.copyOfRange(blob, end, (int) b.blobOffset() + 8_192))
                .containsOnly((byte) 0);
        assertThat(((ImageNode.RegularFile) Trees.get(tree, "empty")).size()).isZero();
    }

    @Test
    void storesEqualContentsOnce() {
        byte[] large = new byte[300_000];
        Arrays.fill(large, (byte) 9);
        byte[] other = large.clone();
        other[299_999] = 8;
        ImageTree tree =
                flatten(
                        new TarBuilder()
                                .file("a", large)
                                .file("small", "same")
                                .file("b", large)
                                .file("c", other),
                        new TarBuilder().file("again", "same").file("d", large));

        long offset = offset(tree, "a");
        assertThat(offset(tree, "b")).isEqualTo(offset);
        assertThat(offset(tree, "d")).isEqualTo(offset);
        assertThat(offset(tree, "c")).isNotEqualTo(offset);
        assertThat(offset(tree, "again")).isEqualTo(offset(tree, "small"));
        assertThat(Trees.bytes(tree, "b")).isEqualTo(large);
        assertThat(Trees.bytes(tree, "c")).isEqualTo(other);
        assertThat(tree.blobSize()).isEqualTo(2 * 303_104 + 4_096);
    }

    @Test
    void dropsContentsThatLaterLayersReplaced() {
        byte[] old = new byte[8 << 20];
        new java.util.Random(1).nextBytes(old);
        byte[] kept = new byte[1 << 20];
        new java.util.Random(2).nextBytes(kept);
        ImageTree tree =
                flatten(
                        new TarBuilder().file("big", old).file("kept", kept),
                        new TarBuilder().file("big", "small now").file("e", ""));

        assertThat(tree.blobSize()).isLessThan(2 << 20);
        assertThat(Trees.bytes(tree, "kept")).isEqualTo(kept);
        assertThat(Trees.text(tree, "big")).isEqualTo("small now");
    }

    @Test
    void keepsHolesOutOfTheFile() {
        byte[] zeros = new byte[3 << 20];
        byte[] end = new byte[1 << 20];
        end[end.length - 1] = 1;
        ImageTree tree = flatten(new TarBuilder().file("end", end).file("zeros", zeros));

        assertThat(Trees.bytes(tree, "zeros")).isEqualTo(zeros);
        assertThat(Trees.bytes(tree, "end")).isEqualTo(end);
        assertThat(tree.blobSize()).isEqualTo(4 << 20);
    }

    private static long offset(ImageTree tree, String path) {
        return ((ImageNode.RegularFile) Trees.get(tree, path)).blobOffset();
    }
}
