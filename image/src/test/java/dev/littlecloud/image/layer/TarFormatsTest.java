package dev.littlecloud.image.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.ImageLimits;
import dev.littlecloud.image.testing.TestImages;
import dev.littlecloud.image.testing.Tools;
import dev.littlecloud.image.testing.Trees;
import dev.littlecloud.image.tree.ImageNode;
import dev.littlecloud.image.tree.ImageTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that GNU tar, commons-compress, gzip and zstd made, compared with what went in. */
class TarFormatsTest {
    @TempDir private Path directory;

    private Path root() throws IOException {
        return Files.createDirectory(directory.resolve("root"));
    }

    private byte[] tar(String... options) {
        Path file = directory.resolve("layer.tar");
        String[] command =
                Stream.of(
                                Stream.of("tar", "-c", "-f", file.toString()),
                                Stream.of(options),
                                Stream.of("--sort=name", "-C", "root", "."))
                        .flatMap(part -> part)
                        .toArray(String[]::new);
        Tools.run(directory, command);
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void fill(Path root, boolean hasLongNames) throws IOException {
        Files.createDirectories(root.resolve("a/b"));
        Files.writeString(root.resolve("a/file"), "contents\n");
        Files.write(root.resolve("a/b/large"), new byte[70_000]);
        Files.createLink(root.resolve("a/hard"), root.resolve("a/file"));
        Files.createSymbolicLink(root.resolve("a/link"), Path.of("../a/file"));
        Tools.run(root, "mkfifo", "a/pipe");
        Tools.run(root, "chmod", "4751", "a/file");
        Files.setLastModifiedTime(
                root.resolve("a/file"), FileTime.from(Instant.ofEpochSecond(1_234_567_890)));
        if (hasLongNames) {
            Path deep = root.resolve("d".repeat(200)).resolve("e".repeat(200));
            Files.createDirectories(deep);
            Files.writeString(deep.resolve("f".repeat(250)), "deep");
            Files.createSymbolicLink(root.resolve("longlink"), Path.of("t".repeat(300)));
        }
    }

    /** Every file on disk is in the tree with the same type, attributes and contents. */
    private void assertSame(Path root, ImageTree tree, boolean hasNanos) throws IOException {
        Map<String, ImageNode> nodes = Trees.paths(tree);
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(path -> !path.equals(root)).toList()) {
                String path = root.relativize(file).toString();
                ImageNode node = nodes.remove(path);
                assertThat(node).describedAs(path).isNotNull();
                Map<String, Object> real =
                        Files.readAttributes(file, "unix:*", LinkOption.NOFOLLOW_LINKS);
                assertThat(node.mode()).describedAs(path).isEqualTo(real.get("mode"));
                assertThat(node.uid()).isEqualTo(real.get("uid"));
                assertThat(node.gid()).isEqualTo(real.get("gid"));
                assertThat(node.linkCount()).describedAs(path).isEqualTo(real.get("nlink"));
                Instant time =
                        Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
                assertThat(node.mtimeSeconds()).isEqualTo(time.getEpochSecond());
                assertThat(node.mtimeNanos()).isEqualTo(hasNanos ? time.getNano() : 0);
                if (node instanceof ImageNode.Symlink link) {
                    assertThat(link.target()).isEqualTo(Files.readSymbolicLink(file).toString());
                } else if (node instanceof ImageNode.RegularFile) {
                    assertThat(Trees.bytes(tree, path)).isEqualTo(Files.readAllBytes(file));
                }
            }
        }
        assertThat(nodes).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"posix", "gnu", "oldgnu", "ustar", "v7"})
    void readsEveryFormatOfGnuTar(String format) throws Exception {
        Tools.require("tar");
        boolean hasLongNames = List.of("posix", "gnu", "oldgnu").contains(format);
        Path root = root();
        fill(root, hasLongNames);
        if (format.equals("v7")) {
            // v7 knows no fifos.
            Files.delete(root.resolve("a/pipe"));
        }

        ImageTree tree = Trees.flatten(directory, tar("--format=" + format));

        assertSame(root, tree, format.equals("posix"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--format=gnu",
                "--format=posix --sparse-version=0.0",
                "--format=posix --sparse-version=0.1",
                "--format=posix --sparse-version=1.0"
            })
    void readsEveryKindOfSparseFile(String options) throws Exception {
        Tools.require("tar");
        Path root = root();
        try (FileChannel file =
                FileChannel.open(
                        root.resolve("sparse"),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.SPARSE,
                        StandardOpenOption.WRITE)) {
            // Enough pieces for the old GNU format to need further headers.
            for (int i = 0; i < 60; i++) {
                file.write(ByteBuffer.wrap(TestImages.utf8("piece " + i)), i * 100_000L + i);
            }
            file.write(ByteBuffer.allocate(1), 7_000_000);
        }
        Tools.run(root, "truncate", "-s", "8000123", "sparse");
        Tools.run(root, "truncate", "-s", "5000", "holeonly");
        Files.writeString(root.resolve("z-after"), "still here");

        byte[] tar =
                tar(
                        Stream.concat(Stream.of("-S"), Stream.of(options.split(" ")))
                                .toArray(String[]::new));
        ImageTree tree = Trees.flatten(directory, tar);

        assertThat(tar.length).isLessThan(1_500_000);
        assertSame(root, tree, options.contains("posix"));
    }

    @Test
    void readsExtendedAttributesThatTarStored() throws Exception {
        Tools.require("tar", "setfattr");
        Path root = root();
        Files.writeString(root.resolve("file"), "x");
        Tools.run(root, "setfattr", "-n", "user.bytes", "-v", "0x00ff0a3d80", "file");

        ImageTree tree = Trees.flatten(directory, tar("--format=posix", "--xattrs"));

        assertThat(Trees.get(tree, "file").xattrs().get("user.bytes"))
                .containsExactly(0, 0xff, 0x0a, 0x3d, 0x80);
    }

    @Test
    void readsWhatCommonsCompressWrites() throws Exception {
        Path file = directory.resolve("commons.tar");
        String longName = "dir/" + "n".repeat(240);
        try (OutputStream out = Files.newOutputStream(file);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            TarArchiveEntry entry = new TarArchiveEntry(longName);
            entry.setSize(4);
            entry.setIds(3_000_000, 4_000_000);
            tar.putArchiveEntry(entry);
            tar.write(new byte[] {1, 2, 3, 4});
            tar.closeArchiveEntry();
            TarArchiveEntry star = new TarArchiveEntry("größe");
            star.setUserId(-1 & 0x7fffffffL);
            tar.putArchiveEntry(star);
            tar.closeArchiveEntry();
        }

        ImageTree tree = Trees.flatten(directory, Files.readAllBytes(file));

        assertThat(Trees.bytes(tree, longName)).containsExactly(1, 2, 3, 4);
        assertThat(Trees.get(tree, longName).uid()).isEqualTo(3_000_000);
        assertThat(Trees.get(tree, longName).gid()).isEqualTo(4_000_000);
        assertThat(Trees.get(tree, "gr\u00c3\u00b6\u00c3\u009fe").uid()).isEqualTo(0x7fffffff);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip -c",
                "gzip -c --fast",
                "zstd -c",
                "zstd -c -19",
                "zstd -c --long=23",
                "zstd -c --no-check"
            })
    void unpacksWhatRealToolsPacked(String command) throws Exception {
        Tools.require(command.substring(0, 4), "tar");
        Path root = root();
        fill(root, true);
        byte[] noise = new byte[3 << 20];
        new java.util.Random(7).nextBytes(noise);
        Files.write(root.resolve("noise"), noise);
        byte[] tar = tar("--format=posix");
        Tools.run(directory, "sh", "-c", command + " layer.tar > packed");
        byte[] packed = Files.readAllBytes(directory.resolve("packed"));

        ImageTree tree =
                Trees.flatten(
                        directory, ImageLimits.DEFAULT, List.of(TestImages.layer(packed, tar)));

        assertSame(root, tree, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void unpacksSeveralPackedPartsAsOne(String tool) throws Exception {
        Tools.require(tool, "tar", "split");
        Path root = root();
        fill(root, true);
        byte[] tar = tar("--format=posix");
        Tools.run(
                directory,
                "sh",
                "-c",
                "split -b 30000 layer.tar part. && for f in part.*; do "
                        + tool
                        + " -c $f; done > packed");
        byte[] packed = Files.readAllBytes(directory.resolve("packed"));

        ImageTree tree =
                Trees.flatten(
                        directory, ImageLimits.DEFAULT, List.of(TestImages.layer(packed, tar)));

        assertSame(root, tree, true);
    }

    @Test
    void skipsSkippableZstdFrames() throws Exception {
        Tools.require("zstd", "tar");
        Path root = root();
        fill(root, false);
        byte[] tar = tar("--format=posix");
        Tools.run(directory, "sh", "-c", "zstd -q layer.tar -o layer.zst");
        byte[] frame = {0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3};
        byte[] zstd = Files.readAllBytes(directory.resolve("layer.zst"));
        byte[] packed =
                ByteBuffer.allocate(2 * frame.length + zstd.length)
                        .put(frame)
                        .put(zstd)
                        .put(frame)
                        .array();

        ImageTree tree =
                Trees.flatten(
                        directory, ImageLimits.DEFAULT, List.of(TestImages.layer(packed, tar)));

        assertSame(root, tree, true);
    }
}
