package dev.littlecloud.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.control.Workloads.RevisionName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frozen instances on disk, whatever happens while they are written. */
class SnapshotsTest {
    private static final RevisionName FIRST = name("db", 1);

    @TempDir private Path data;

    private static RevisionName name(String service, int number) {
        return new RevisionName(service, number, Instant.ofEpochMilli(1000 + number));
    }

    private Snapshots snapshots() throws IOException {
        return new Snapshots(data.resolve("snapshots"));
    }

    private static Shelf.Writer writing(String text) {
        return folder -> {
            Files.createDirectory(folder);
            Files.writeString(folder.resolve("file"), text);
        };
    }

    private static String read(Shelf shelf, String kind) throws IOException {
        return Files.readString(shelf.newest(kind).orElseThrow().resolve("file"));
    }

    private List<String> left() throws IOException {
        Path root = data.resolve("snapshots");
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isDirectory)
                    .map(path -> root.relativize(path).toString())
                    .filter(path -> path.contains("-"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void theNewestOfAKindIsKept() throws IOException {
        Shelf shelf = snapshots().of(FIRST);
        assertThat(shelf.newest(Shelf.STATE)).isEmpty();

        shelf.put(Shelf.TEMPLATE, writing("template"));
        for (int i = 0; i < 12; i++) {
            shelf.put(Shelf.STATE, writing("state " + i));
        }

        assertThat(read(shelf, Shelf.STATE)).isEqualTo("state 11");
        assertThat(read(shelf, Shelf.TEMPLATE)).isEqualTo("template");
        assertThat(left())
                .containsExactly("db/1-1001", "db/1-1001/state-12", "db/1-1001/template-1");
        shelf.drop(Shelf.STATE);
        assertThat(left()).containsExactly("db/1-1001", "db/1-1001/template-1");
        shelf.remove();
        assertThat(left()).isEmpty();
    }

    @Test
    void whatCannotBeWrittenLeavesWhatWasThere() throws IOException {
        Shelf shelf = snapshots().of(FIRST);
        shelf.put(Shelf.STATE, writing("old"));

        assertThatThrownBy(
                        () ->
                                shelf.put(
                                        Shelf.STATE,
                                        folder -> {
                                            writing("half").write(folder);
                                            throw new IOException("No space left on device");
                                        }))
                .isInstanceOf(IOException.class);

        assertThat(read(shelf, Shelf.STATE)).isEqualTo("old");
        assertThat(left()).containsExactly("db/1-1001", "db/1-1001/state-1");
    }

    @Test
    void whatAKilledProcessLeftIsNoStateAndIsRemoved() throws IOException {
        Shelf shelf = snapshots().of(FIRST);
        shelf.put(Shelf.STATE, writing("whole"));
        writing("half").write(data.resolve("snapshots/db/1-1001/state-2.new"));
        // Killed between making a new one visible and removing the old one.
        writing("newer").write(data.resolve("snapshots/db/1-1001/state-7"));
        Shelf after = snapshots().of(FIRST);
        assertThat(read(after, Shelf.STATE)).isEqualTo("newer");

        snapshots().of(name("db", 2)).put(Shelf.TEMPLATE, writing("orphan"));
        snapshots().of(name("gone", 1)).put(Shelf.TEMPLATE, writing("orphan"));
        snapshots().keepOnly(Set.of(FIRST, name("never-written", 1)));

        assertThat(left()).containsExactly("db/1-1001", "db/1-1001/state-1", "db/1-1001/state-7");
        after.put(Shelf.STATE, writing("next"));
        assertThat(left()).containsExactly("db/1-1001", "db/1-1001/state-8");
    }

    @Test
    void onlyTheirUserReadsThemAndTheirKey() throws IOException {
        Path key = data.resolve("key");
        byte[] made = snapshots().key(key);

        assertThat(snapshots().key(key)).isEqualTo(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(data.resolve("snapshots"))))
                .isEqualTo("rwx------");
        Files.write(key, new byte[3]);
        assertThatThrownBy(() -> snapshots().key(key)).hasMessageContaining("is not a key");
    }
}
