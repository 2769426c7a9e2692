package dev.littlecloud.runtime.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Renaming;
import dev.littlecloud.kernel.fs.volume.HostAttributes;
import dev.littlecloud.kernel.fs.volume.HostFile;
import dev.littlecloud.kernel.fs.volume.HostVolume;
import dev.littlecloud.runtime.InstanceException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of the host as a volume: what it does there, and that nothing leads out of it. */
class HostTreeTest {
    @TempDir private Path base = Path.of("");
    private Path inside = Path.of("");
    private Path outside = Path.of("");
    private HostTree tree = HostTree.open(Path.of("/"), 0);
    private final HostAttributes found = new HostAttributes();

    @BeforeEach
    void makeTree() throws IOException {
        tree.close();
        outside = Files.createDirectory(base.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "secret");
        inside = Files.createDirectory(base.resolve("inside"));
        Files.createDirectory(inside.resolve("sub"));
        Files.writeString(inside.resolve("sub/file"), "hello");
        Files.createSymbolicLink(inside.resolve("out"), outside);
        Files.createSymbolicLink(inside.resolve("secret"), outside.resolve("secret"));
        Files.createSymbolicLink(inside.resolve("near"), Path.of("sub"));
        tree = HostTree.open(inside, 0);
    }

    @AfterEach
    void close() {
        tree.close();
    }

    @Test
    void noPathLeadsOut() {
        List<String> ways =
                List.of("out/secret", "near/file", "sub/../../outside/secret", "../outside/secret");
        for (String way : ways) {
            assertThat(tree.attributes(way, found)).as(way).isIn(-Errno.ELOOP, -Errno.EXDEV);
            assertThat(tree.open(way, false).errno()).as(way).isIn(Errno.ELOOP, Errno.EXDEV);
            assertThat(tree.create(way + ".new", 0644)).as(way).isIn(-Errno.ELOOP, -Errno.EXDEV);
            assertThat(tree.unlink(way)).as(way).isIn(-Errno.ELOOP, -Errno.EXDEV);
            assertThat(tree.changeMode(way, 0777)).as(way).isIn(-Errno.ELOOP, -Errno.EXDEV);
            assertThat(tree.link(way, "stolen")).as(way).isIn(-Errno.ELOOP, -Errno.EXDEV);
            assertThat(tree.rename(way, "stolen", 0)).as(way).isIn(-Errno.ELOOP, -Errno.EXDEV);
            assertThat(tree.linkText(way)).as(way).isNull();
            assertThat(tree.list(way)).as(way).isNull();
        }
        assertThat(outside.resolve("secret")).hasContent("secret");
        assertThat(outside.toFile().list()).containsExactly("secret");
    }

    @Test
    void aLinkIsToldAndNeverFollowed() throws IOException {
        assertThat(tree.attributes("secret", found)).isZero();
        assertThat(found.mode & Inode.S_IFMT).isEqualTo(Inode.S_IFLNK);
        assertThat(tree.linkText("secret")).isEqualTo(outside.resolve("secret").toString());
        assertThat(tree.open("secret", false).errno()).isEqualTo(Errno.ELOOP);
        assertThat(tree.list("out")).isNull();
        String before =
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(outside.resolve("secret")));
        // Changing a link's mode is refused; the file behind it keeps its own.
        assertThat(tree.changeMode("secret", 0777)).isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(outside.resolve("secret"))))
                .isEqualTo(before);
        assertThat(tree.changeTimes("secret", 0, 0)).isZero();
        assertThat(Files.getLastModifiedTime(outside.resolve("secret")).toMillis()).isPositive();
        assertThat(tree.link("secret", "copy")).isZero();
        assertThat(Files.isSymbolicLink(inside.resolve("copy"))).isTrue();
        assertThat(tree.unlink("secret")).isZero();
        assertThat(outside.resolve("secret")).exists();
    }

    @Test
    void namesAreMadeMovedAndRemoved() {
        assertThat(tree.makeDirectory("d", 01777)).isZero();
        assertThat(tree.create("d/f", 04755)).isZero();
        assertThat(tree.create("d/f", 0644)).isEqualTo(-Errno.EEXIST);
        assertThat(tree.attributes("d/f", found)).isZero();
        assertThat(found.mode).isEqualTo(Inode.S_IFREG | 04755);
        assertThat(tree.attributes("d", found)).isZero();
        assertThat(found.mode).isEqualTo(Inode.S_IFDIR | 01777);
        assertThat(tree.makeNode("d/fifo", Inode.S_IFIFO | 0600)).isZero();
        assertThat(tree.makeSymlink("d/l", "anything at all")).isZero();
        assertThat(tree.linkText("d/l")).isEqualTo("anything at all");
        List<HostVolume.Entry> entries = tree.list("d");
        assertThat(entries)
                .extracting(HostVolume.Entry::name)
                .containsExactlyInAnyOrder("f", "fifo", "l");
        assertThat(tree.rename("d/f", "sub/file", Renaming.NO_REPLACE)).isEqualTo(-Errno.EEXIST);
        assertThat(tree.rename("d/f", "sub/file", 0)).isZero();
        assertThat(tree.removeDirectory("d")).isEqualTo(-Errno.ENOTEMPTY);
        assertThat(tree.unlink("d/fifo")).isZero();
        assertThat(tree.unlink("d/l")).isZero();
        assertThat(tree.removeDirectory("d")).isZero();
        assertThat(inside.resolve("d")).doesNotExist();
    }

    @Test
    void contentsAreReadWrittenAndMapped() throws IOException {
        try (HostFile file = tree.open("sub/file", true);
                Arena arena = Arena.ofConfined()) {
            assertThat(file.errno()).isZero();
            MemorySegment bytes = arena.allocate(16);
            assertThat(file.read(bytes, 1)).isEqualTo(4);
            assertThat(bytes.getString(0, StandardCharsets.ISO_8859_1)).isEqualTo("ello");
            assertThat(file.write(bytes.asSlice(0, 4), 5)).isEqualTo(4);
            assertThat(inside.resolve("sub/file")).hasContent("helloello");
            MemorySegment mapping = file.map(0, 4096);
            assertThat(mapping).isNotNull();
            if (mapping != null) {
                mapping.set(ValueLayout.JAVA_BYTE, 0, (byte) 'J');
                file.unmap(mapping);
            }
            assertThat(Files.readString(inside.resolve("sub/file"))).isEqualTo("Jelloello");
            assertThat(file.truncate(2)).isZero();
            assertThat(file.attributes(found)).isZero();
            assertThat(found.size).isEqualTo(2);
        }
    }

    @Test
    void aFileWithoutANameGetsOne() {
        HostFile file = tree.temporary("sub", 0600);
        assertThat(file.errno()).isZero();
        assertThat(tree.list("sub")).hasSize(1);
        assertThat(file.linkAs("sub/named")).isZero();
        assertThat(inside.resolve("sub/named")).exists();
        file.close();
    }

    @Test
    void openFilesAreBounded() {
        List<HostFile> open = new ArrayList<>();
        HostFile last = tree.open("sub/file", false);
        while (last.errno() == 0) {
            open.add(last);
            last = tree.open("sub/file", false);
        }
        assertThat(last.errno()).isEqualTo(Errno.ENFILE);
        assertThat(open).hasSize(1024);
        open.forEach(HostFile::close);
        HostFile again = tree.open("sub/file", false);
        assertThat(again.errno()).isZero();
        again.close();
    }

    @Test
    void aSingleFileIsAVolume() {
        try (HostTree single = HostTree.open(inside.resolve("sub/file"), 0)) {
            assertThat(single.attributes("", found)).isZero();
            assertThat(found.mode & Inode.S_IFMT).isEqualTo(Inode.S_IFREG);
            assertThat(found.size).isEqualTo(5);
            try (HostFile file = single.open("", true)) {
                assertThat(file.errno()).isZero();
            }
            assertThat(single.changeMode("", 0600)).isZero();
            assertThat(single.attributes("x", found)).isEqualTo(-Errno.ENOTDIR);
        }
    }

    @Test
    void aMissingPathIsToldInOneLine() {
        assertThatThrownBy(() -> HostTree.open(base.resolve("nothing"), 0))
                .isInstanceOf(InstanceException.class)
                .hasMessageContaining("does not exist");
    }
}
