package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.Lineage;
import dev.littlecloud.runtime.template.Lines;
import dev.littlecloud.runtime.template.LocalTemplates;
import dev.littlecloud.runtime.template.Readiness;
import dev.littlecloud.runtime.template.Seal;
import dev.littlecloud.runtime.template.StagedClones;
import dev.littlecloud.runtime.template.Template;
import dev.littlecloud.runtime.template.Templates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Templates outlive the process that made them, and damaged ones are found out. */
class TemplateFilesTest {
    private static final String SCRIPT =
            "export SECRET=swordfish; mkfifo /tmp/f; sleep 10000 & echo kept > /dev/shm/note; "
                    + "exec nc -ll -p 8080 -e cat /dev/shm/note";

    private static final Seal SEAL = Seal.of(new byte[Seal.KEY_BYTES]);

    private static final int BURST = 12;

    private final Templates templates = new LocalTemplates(SEAL);

    @TempDir private Path directory = Path.of("");

    private Path saved() throws IOException, InterruptedException {
        Path place = directory.resolve("template");
        try (Template template = boot()) {
            template.save(place, List.of());
        }
        return place;
    }

    private Template boot() throws IOException, InterruptedException {
        return templates.boot(
                TemplatesTest.spec(SCRIPT),
                Suite.get().image(),
                new Readiness.Listens(8080),
                Duration.ofSeconds(60));
    }

    private Template load(Path place) throws IOException, InterruptedException {
        return templates.load(place, TemplatesTest.spec(SCRIPT), Suite.get().image());
    }

    @Test
    void aTemplateFromAFileStartsClones() throws IOException, InterruptedException {
        Path place = saved();
        try (Template template = load(place);
                Clone one = template.start(CloneListener.NONE);
                Clone other = template.start(CloneListener.NONE)) {
            assertThat(TemplatesTest.exchange(one, "")).isEqualTo("kept\n");
            assertThat(TemplatesTest.exchange(other, "")).isEqualTo("kept\n");
        }
    }

    @Test
    void aDamagedTemplateIsRefused() throws IOException, InterruptedException {
        Path place = saved();
        for (Path file : List.of(place.resolve("template"), place.resolve("index"), pages(place))) {
            byte[] good = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(good, good.length - 1));
            requireRefused(place);
            Files.write(file, Arrays.copyOf(good, 20));
            requireRefused(place);
            for (int at : new int[] {0, 9, good.length / 3, good.length / 2, good.length - 1}) {
                byte[] flipped = good.clone();
                flipped[at] ^= 0x10;
                Files.write(file, flipped);
                requireRefused(place);
            }
            Files.write(file, good);
        }
        load(place).close();
        Path other = directory.resolve("other");
        try (Template template = boot()) {
            template.save(other, List.of(place));
        }
        Path index = place.resolve("index");
        Files.copy(other.resolve("index"), index, StandardCopyOption.REPLACE_EXISTING);
        requireRefused(place);
    }

    private void requireRefused(Path place) {
        assertThatThrownBy(() -> load(place))
                .isInstanceOf(InstanceException.class)
                .hasMessageStartingWith("the template in " + place + " cannot be used: ");
    }

    @Test
    void aFrozenInstanceAndAnotherTemplateShareTheirPages()
            throws IOException, InterruptedException {
        Lineage lineage = new Lineage(directory, SEAL);
        Path place = directory.resolve("template");
        Path state = directory.resolve("state");
        try (Template template = boot();
                Clone clone = template.start(CloneListener.NONE)) {
            template.save(place, List.of());
            assertThat(TemplatesTest.exchange(clone, "")).isEqualTo("kept\n");
            try (Template frozen = clone.freeze(Duration.ofSeconds(20))) {
                frozen.save(state, List.of(place));
                assertThat(ownPages(state)).isLessThan(frozen.memoryBytes() / 4096 / 4);
            }
        }
        Path next = directory.resolve("next");
        try (Template second = boot()) {
            Path alone = directory.resolve("alone");
            second.save(alone, List.of());
            second.save(next, List.of(state, place));
            assertThat(ownPages(next)).isLessThan(ownPages(alone));
        }
        Set<String> files = Lineage.files(place);
        for (String name : List.of("template", "index", pages(place).getFileName().toString())) {
            Files.delete(place.resolve(name));
        }
        Files.delete(place);
        lineage.collect(files);

        try (Template frozen =
                        templates.loadInstance(
                                state, TemplatesTest.spec(SCRIPT), Suite.get().image());
                Clone thawed = frozen.start(CloneListener.NONE, new Lines(() -> {}));
                Template second = load(next);
                Clone other = second.start(CloneListener.NONE)) {
            assertThat(TemplatesTest.exchange(thawed, "")).isEqualTo("kept\n");
            assertThat(TemplatesTest.exchange(other, "")).isEqualTo("kept\n");
        }
    }

    /** How many pages are in files that no other template has. */
    private static long ownPages(Path place) throws IOException {
        long bytes = 0;
        for (String name : Lineage.files(place)) {
            Path file = place.resolve(name);
            bytes += (int) Files.getAttribute(file, "unix:nlink") == 1 ? Files.size(file) : 0;
        }
        return bytes / 4096;
    }

    @Test
    void aTemplateOfOtherSettingsIsRefused() throws IOException, InterruptedException {
        Path place = saved();
        assertThatThrownBy(() -> templates.load(place, InstanceSpec.DEFAULT, Suite.get().image()))
                .isInstanceOf(InstanceException.class)
                .hasMessageContaining("another image or with other settings");
    }

    @Test
    void aTemplateIsSavedIntoAnEmptyDirectoryOnly() throws IOException, InterruptedException {
        Files.createFile(directory.resolve("something"));
        try (Template template = TemplatesTest.boot(SCRIPT)) {
            assertThatThrownBy(() -> template.save(directory, List.of()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is not empty");
        }
    }

    @Test
    void whatTheProgramKnowsCannotBeReadOnDisk() throws IOException, InterruptedException {
        Path place = saved();
        for (Path file : List.of(place.resolve("template"), place.resolve("index"), pages(place))) {
            assertThat(mentions(file)).as(file.toString()).isFalse();
        }
        byte[] other = new byte[Seal.KEY_BYTES];
        other[0] = 1;
        assertThatThrownBy(
                        () ->
                                new LocalTemplates(Seal.of(other))
                                        .load(
                                                place,
                                                TemplatesTest.spec(SCRIPT),
                                                Suite.get().image()))
                .isInstanceOf(InstanceException.class)
                .hasMessageContaining("cannot be used");
        Path plain = directory.resolve("plain");
        try (Template template = TemplatesTest.boot(SCRIPT)) {
            template.save(plain, List.of());
        }
        assertThat(mentions(pages(plain))).isTrue();
    }

    /** The file of pages that only this template has. */
    private static Path pages(Path place) throws IOException {
        try (Stream<Path> entries = Files.list(place)) {
            List<Path> found =
                    entries.filter(entry -> entry.getFileName().toString().startsWith("pages-"))
                            .toList();
            assertThat(found).hasSize(1);
            return found.getFirst();
        }
    }

    private static boolean mentions(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                .contains("swordfish");
    }

    /** A template in a directory, of whose clones all is known that there is to learn. */
    private Path learned() throws IOException, InterruptedException {
        Path place = saved();
        try (Template template = load(place)) {
            StagedClonesTest.prepare(template);
            StagedClonesTest.await(() -> Files.exists(place.resolve("lesson")));
        }
        return place;
    }

    /** Whether one start tells it what its requests touch. */
    private void requireKnown(Path place) throws IOException, InterruptedException {
        try (Template template = load(place)) {
            template.start(CloneListener.NONE).close();
            StagedClonesTest.await(template::isStaged);
            try (Clone clone = template.start(CloneListener.NONE)) {
                assertThat(clone.startTimes().staged()).isTrue();
                assertThat(TemplatesTest.exchange(clone, "")).isEqualTo("kept\n");
            }
        }
    }

    @Test
    void whatWasLearnedOfClonesIsKnownAfterARestart() throws IOException, InterruptedException {
        Path place = learned();
        requireKnown(place);
        byte[] lesson = Files.readAllBytes(place.resolve("lesson"));
        assertThat(new String(lesson, StandardCharsets.ISO_8859_1)).doesNotContain("LCLESSON");

        // It begins anew beside a template that is another one.
        Path other = directory.resolve("other");
        try (Template template = boot()) {
            template.save(other, List.of());
            template.keepLessons(other);
            assertThat(other.resolve("lesson")).doesNotExist();
            StagedClonesTest.prepare(template);
            StagedClonesTest.await(() -> Files.exists(other.resolve("lesson")));
        }
        requireKnown(other);
        Files.write(other.resolve("lesson"), lesson);
        requireForgotten(other);
    }

    @Test
    void whatWasUsedLastBeforeARestartIsStagedAfterIt() throws IOException, InterruptedException {
        Path place = learned();
        Path other = directory.resolve("other");
        Files.createDirectory(other);
        try (Stream<Path> files = Files.list(place)) {
            for (Path file : files.toList()) {
                Files.copy(file, other.resolve(file.getFileName()));
            }
        }
        FileTime longAgo = FileTime.fromMillis(0);
        Files.setLastModifiedTime(place.resolve("lesson"), longAgo);
        try (Template template = load(place);
                Clone clone = template.start(CloneListener.NONE)) {
            assertThat(TemplatesTest.exchange(clone, "")).isEqualTo("kept\n");
            StagedClonesTest.await(() -> !modified(place.resolve("lesson")).equals(longAgo));
        }
        Files.setLastModifiedTime(other.resolve("lesson"), longAgo);

        StagedClones all = StagedClones.SHARED;
        all.keep(1);
        try (Template latest = load(place);
                Template older = load(other)) {
            latest.stageAgain();
            older.stageAgain();
            StagedClonesTest.await(latest::isStaged);
            assertThat(older.isStaged()).isFalse();
            assertThat(all.ready()).isOne();
            try (Clone clone = latest.start(CloneListener.NONE)) {
                assertThat(clone.startTimes().staged()).isTrue();
                assertThat(TemplatesTest.exchange(clone, "")).isEqualTo("kept\n");
            }
            all.keep(StagedClones.MOST);
            older.stageAgain();
            StagedClonesTest.await(older::isStaged);
        } finally {
            all.keep(StagedClones.MOST);
        }
        assertThat(all.ready()).isZero();
    }

    @Test
    void asManyAreStagedAfterARestartAsWereStartedAtOnceBefore()
            throws IOException, InterruptedException {
        Path place = learned();
        try (Template template = load(place)) {
            byte[] before = content(place.resolve("lesson"));
            StagedClonesTest.burst(template, BURST);
            StagedClonesTest.await(() -> !Arrays.equals(content(place.resolve("lesson")), before));
        }
        try (Template template = load(place)) {
            template.stageAgain();
            StagedClonesTest.await(() -> template.staged() >= BURST);
        }
        assertThat(StagedClones.SHARED.ready()).isZero();
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Test
    void aLessonThatIsDamagedIsLearnedAgain() throws IOException, InterruptedException {
        Path place = learned();
        Path file = place.resolve("lesson");
        byte[] good = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(good, good.length - 1));
        requireForgotten(place);
        Files.write(file, new byte[0]);
        requireForgotten(place);
        for (int at : new int[] {0, good.length / 2, good.length - 1}) {
            byte[] flipped = good.clone();
            flipped[at] ^= 0x10;
            Files.write(file, flipped);
            requireForgotten(place);
        }

        byte[] damaged = Files.readAllBytes(file);
        try (Template template = load(place)) {
            StagedClonesTest.prepare(template);
            StagedClonesTest.await(() -> !Arrays.equals(content(file), damaged));
        }
        requireKnown(place);
    }

    /** Clones start as well, and the template has everything to learn. */
    private void requireForgotten(Path place) throws IOException, InterruptedException {
        try (Template template = load(place);
                Clone clone = template.start(CloneListener.NONE)) {
            assertThat(TemplatesTest.exchange(clone, "")).isEqualTo("kept\n");
            assertThat(template.hasLearned()).isFalse();
        }
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
