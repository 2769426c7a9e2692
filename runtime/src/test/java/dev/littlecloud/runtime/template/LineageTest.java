package dev.littlecloud.runtime.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.kernel.freeze.DamagedException;
import dev.littlecloud.machine.MemoryImage;
import dev.littlecloud.runtime.host.MemoryFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages that several templates have are on disk once, and gone with the last of them. */
class LineageTest {
    private static final int PAGE = PageFile.PAGE;
    private static final int PAGES = 100;
    private static final byte[] KEY = new byte[Seal.KEY_BYTES];

    @TempDir private Path folder;

    private Seal seal = Seal.of(KEY);

    /** The content of a memory of {@link #PAGES}: pages of zeros, and those of numbers. */
    private static byte[] memory(int... pages) {
        byte[] all = new byte[PAGES * PAGE];
        for (int i = 0; i < pages.length; i++) {
            if (pages[i] != 0) {
                byte[] page = new byte[PAGE];
                new Random(pages[i]).nextBytes(page);
                System.arraycopy(page, 0, all, i * PAGE, PAGE);
            }
        }
        return all;
    }

    private static int[] numbers(int from, int count) {
        int[] numbers = new int[count];
        Arrays.setAll(numbers, i -> from + i);
        return numbers;
    }

    private Path write(String name, byte[] content, Path... relatives) throws IOException {
        Path template = Files.createDirectories(folder.resolve(name));
        int fd = MemoryFile.create(content.length);
        ByteBuffer direct = ByteBuffer.allocateDirect(content.length).put(content).flip();
        MemoryFile.write(fd, direct, 0);
        try (MemoryImage image =
                new MemoryImage(fd, 1, content.length, content.length, List.of(), 0)) {
            PageWriter.write(image, template, List.of(relatives), seal);
        }
        Files.createFile(template.resolve(TemplateFile.DESCRIPTION));
        return template;
    }

    private byte[] read(Path template) throws IOException {
        PageReader.Loaded loaded =
                PageReader.read(
                        template, PageIndex.load(template, seal), (long) PAGES * PAGE, seal);
        ByteBuffer content = ByteBuffer.allocateDirect(PAGES * PAGE);
        MemoryFile.read(loaded.fd(), content, 0);
        MemoryFile.close(loaded.fd());
        byte[] bytes = new byte[content.capacity()];
        content.clear().get(bytes);
        return bytes;
    }

    private static List<Path> pageFiles(Path template) throws IOException {
        try (Stream<Path> entries = Files.list(template)) {
            return entries.filter(entry -> PageFile.isName(entry.getFileName().toString()))
                    .toList();
        }
    }

    /** Pages in files that nobody else has a link to. */
    private static long ownPages(Path template) throws IOException {
        long pages = 0;
        for (Path file : pageFiles(template)) {
            if ((int) Files.getAttribute(file, "unix:nlink") == 1) {
                pages += Files.size(file) / PAGE;
            }
        }
        return pages;
    }

    private static void remove(Path template) throws IOException {
        try (Stream<Path> entries = Files.list(template)) {
            for (Path entry : entries.toList()) {
                Files.delete(entry);
            }
        }
        Files.delete(template);
    }

    /** How many pages of a file the disk has. */
    private static long allocated(Path file) throws Exception {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        String blocks = new String(stat.getInputStream().readAllBytes(), "US-ASCII").strip();
        assertThat(stat.waitFor()).isZero();
        return Long.parseLong(blocks) * 512 / PAGE;
    }

    @Test
    void keepsEachDifferentPageOnceAndNoZeros() throws IOException {
        byte[] content = memory(1, 0, 2, 1, 2, 0, 3);

        Path template = write("one", content);

        assertThat(ownPages(template)).isEqualTo(3);
        assertThat(read(template)).isEqualTo(content);
        assertThat(pageFiles(write("empty", memory()))).isEmpty();
        assertThat(read(folder.resolve("empty"))).isEqualTo(memory());
    }

    @Test
    void writesOnlyWhatNoRelativeHasWhereverItIs() throws IOException {
        Path first = write("first", memory(numbers(1, 60)));
        Path second = write("second", memory(numbers(31, 50)), first);
        assertThat(ownPages(second)).isEqualTo(20);
        byte[] content = memory(90, 5, 80, 0, 31, 80);
        Path third = write("third", content, second, first);

        assertThat(ownPages(third)).isEqualTo(1);
        assertThat(pageFiles(third)).hasSize(3);
        assertThat(read(third)).isEqualTo(content);
        assertThat(read(second)).isEqualTo(memory(numbers(31, 50)));
    }

    @Test
    void outlivesItsRelativesWhosePagesAreGivenBack() throws Exception {
        seal = Seal.NONE;
        Lineage lineage = new Lineage(folder, seal);
        Path first = write("service/1-1/template-1", memory(numbers(1, 60)));
        Path second = write("service/2-2/template-1", memory(numbers(51, 20)), first);
        Path shared = second.resolve(pageFiles(first).getFirst().getFileName());
        Path own = pageFiles(second).stream().filter(file -> !file.equals(shared)).findAny().get();

        lineage.collectAll();
        assertThat(allocated(shared)).isEqualTo(60);
        var files = Lineage.files(first);
        remove(first);
        assertThat(allocated(shared)).isEqualTo(60);
        lineage.collect(files);

        assertThat(allocated(shared)).isEqualTo(10);
        assertThat(allocated(own)).isEqualTo(10);
        assertThat(read(second)).isEqualTo(memory(numbers(51, 20)));
        // One that cannot be read keeps nothing.
        Files.write(second.resolve(PageIndex.NAME), new byte[50]);
        lineage.collectAll();
        assertThat(allocated(shared) + allocated(own)).isZero();
    }

    @Test
    void damageOfASharedPageIsFoundAndNotHandedOn() throws IOException {
        Path first = write("first", memory(numbers(1, 60)));
        Path second = write("second", memory(numbers(1, 61)), first);
        Path file = pageFiles(first).getFirst();
        byte[] good = Files.readAllBytes(file);
        byte[] bad = good.clone();
        bad[7 * PAGE + 5] ^= 1;
        Files.write(file, bad);

        for (Path damaged : List.of(first, second)) {
            assertThatThrownBy(() -> read(damaged))
                    .isInstanceOf(DamagedException.class)
                    .hasMessageContaining("was changed");
        }
        Path third = write("third", memory(numbers(1, 60)), first, second);
        assertThat(ownPages(third)).isEqualTo(1);
        assertThat(read(third)).isEqualTo(memory(numbers(1, 60)));

        Files.write(file, Arrays.copyOf(good, good.length - 1));
        assertThatThrownBy(() -> read(second)).hasMessageContaining("cut off");
        assertThat(ownPages(write("fourth", memory(numbers(1, 60)), first))).isEqualTo(60);
        Files.delete(second.resolve(file.getFileName()));
        assertThatThrownBy(() -> read(second)).hasMessageContaining("is not there");
    }

    @Test
    void relativesThatAreGoneOrNotReadableAreNone() throws IOException {
        Path first = write("first", memory(numbers(1, 60)));
        Files.write(first.resolve(PageIndex.NAME), new byte[50]);

        Path second = write("second", memory(numbers(1, 60)), first, folder.resolve("gone"));

        assertThat(ownPages(second)).isEqualTo(60);
        seal = Seal.of(Arrays.copyOf(new byte[] {1}, Seal.KEY_BYTES));
        assertThat(ownPages(write("third", memory(numbers(1, 60)), second))).isEqualTo(60);
    }

    @Test
    void hasFewFilesAfterManyGenerations() throws IOException {
        Lineage lineage = new Lineage(folder, seal);
        int[] numbers = numbers(1, PAGES);
        Path last = write("0", memory(numbers));
        for (int i = 1; i <= 60; i++) {
            numbers[i] = 1000 + i;
            Path next = write(Integer.toString(i), memory(numbers), last);
            var files = Lineage.files(last);
            remove(last);
            lineage.collect(files);
            last = next;
            assertThat(pageFiles(last).size()).isLessThanOrEqualTo(PageIndex.MOST_FILES);
            assertThat(read(last)).isEqualTo(memory(numbers));
        }
    }
}
