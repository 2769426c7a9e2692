package dev.littlecloud.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.control.Workloads.RevisionName;
import dev.littlecloud.runtime.template.Seal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
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
        Instant createdAt = Instant.ofEpochMilli(1000 + number);
        return new RevisionName(
                "admin", service, number, createdAt, "localhost:5000/db:v" + number);
    }

    private Snapshots snapshots() throws IOException {
        return new Snapshots(data.resolve("snapshots"), Seal.NONE);
    }

    private static Shelf.Writer writing(String text) {
        return (folder, relatives) -> {
            Files.createDirectory(folder);
            Files.writeString(folder.resolve("file"), text);
        };
    }

    private static String read(Shelf shelf, String kind) throws IOException {
        return Files.readString(shelf.newest(kind).orElseThrow().resolve("file"));
    }

    /** The folder of the only lineage there is, or of none. */
    private Path lineage() throws IOException {
        try (Stream<Path> all = Files.list(data.resolve("snapshots"))) {
            List<Path> found = all.toList();
            assertThat(found).hasSizeLessThan(2);
            return found.isEmpty() ? data.resolve("snapshots") : found.getFirst();
        }
    }

    private List<String> left() throws IOException {
        Path root = lineage();
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

    /** What a writer of a kind is told to look for pages in, as paths below all snapshots. */
    private List<String> relatives(RevisionName revision, String kind) throws IOException {
        List<Path> told = new ArrayList<>();
        snapshots()
                .of(revision)
                .put(
                        kind,
                        (folder, relatives) -> {
                            told.addAll(relatives);
                            Files.createDirectory(folder);
                            Files.createFile(folder.resolve("template"));
                        });
        Path root = data.resolve("snapshots");
        return told.stream()
                .map(path -> root.relativize(path))
                .map(path -> path.subpath(1, path.getNameCount()).toString())
                .sorted()
                .toList();
    }

    @Test
    void pagesAreSharedWithinAnOwnersServicesOfOneRepository() throws IOException {
        RevisionName tagged = named("admin", "db", "localhost:5000/db:v2");
        RevisionName sibling = named("admin", "cache", "localhost:5000/db");
        RevisionName unlike = named("admin", "web", "localhost:5000/web:v1");
        RevisionName strange = named("mallory", "mine", "localhost:5000/db:v1");

        assertThat(relatives(FIRST, Shelf.TEMPLATE)).isEmpty();
        assertThat(relatives(FIRST, Shelf.STATE)).containsExactly("db/1-1001/template-1");
        assertThat(relatives(FIRST, Shelf.STATE))
                .containsExactly("db/1-1001/state-1", "db/1-1001/template-1");
        // Of what instances have in memory only they themselves know.
        assertThat(relatives(tagged, Shelf.TEMPLATE)).containsExactly("db/1-1001/template-1");
        assertThat(relatives(tagged, Shelf.STATE)).containsExactly("db/2-2/template-1");
        assertThat(relatives(sibling, Shelf.TEMPLATE))
                .containsExactly("db/1-1001/template-1", "db/2-2/template-1");
        assertThat(relatives(unlike, Shelf.TEMPLATE)).isEmpty();
        assertThat(relatives(strange, Shelf.TEMPLATE)).isEmpty();

        for (RevisionName one : List.of(FIRST, tagged, sibling, unlike, strange)) {
            snapshots().of(one).remove();
        }
        assertThat(data.resolve("snapshots")).isEmptyDirectory();
    }

    private static RevisionName named(String owner, String service, String image) {
        return new RevisionName(owner, service, 2, Instant.ofEpochMilli(2), image);
    }

    @Test
    void whatCannotBeWrittenLeavesWhatWasThere() throws IOException {
        Shelf shelf = snapshots().of(FIRST);
        shelf.put(Shelf.STATE, writing("old"));

        assertThatThrownBy(
                        () ->
                                shelf.put(
                                        Shelf.STATE,
                                        (folder, relatives) -> {
                                            writing("half").write(folder, relatives);
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
        writing("half").write(lineage().resolve("db/1-1001/state-2.new"), List.of());
        // Killed between making a new one visible and removing the old one.
        writing("newer").write(lineage().resolve("db/1-1001/state-7"), List.of());
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
        byte[] made = Snapshots.key(key);
        snapshots();

        assertThat(Snapshots.key(key)).isEqualTo(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(data.resolve("snapshots"))))
                .isEqualTo("rwx------");
        Files.write(key, new byte[3]);
        assertThatThrownBy(() -> Snapshots.key(key)).hasMessageContaining("is not a key");
    }
}
