package dev.littlecloud.runtime.template;

import dev.littlecloud.machine.MachineException;
import dev.littlecloud.machine.MemoryImage;
import dev.littlecloud.runtime.host.MemoryFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the pages of a memory image that no relative has, into one new file, and links the files of
 * relatives that have the others. A page counts as had when it can be read back and is the same: so
 * nothing rests on a checksum, and damage on disk is not handed on.
 */
final class PageWriter implements AutoCloseable {
    private static final byte[] ZEROS = new byte[PageFile.PAGE];

    private final MemoryImage memory;
    private final Path directory;
    private final Seal seal;
    private final int[] pages;
    private final ByteBuffer page = ByteBuffer.allocateDirect(PageFile.PAGE);
    private final List<Source> sources = new ArrayList<>();
    private final List<PageIndex.Stored> stored = new ArrayList<>();

    /** What may be the same page, by its checksum. */
    private final Map<Integer, Candidate> candidates = new HashMap<>();

    private @Nullable Source own;

    /** A file with pages of this memory, and which of the index' files it is once it is used. */
    private static final class Source {
        final PageFile file;
        int pages;
        int position = -1;

        Source(PageFile file, int pages) {
            this.file = file;
            this.pages = pages;
        }
    }

    /**
     * A page in a file.
     *
     * @param number which of the stored ones it is, from 1 on; 0 when it is not yet known to be needed
     * @param original the page of this memory that it was written from; -1 when it is a relative's
     */
    private record Candidate(Source source, int place, int number, int original) {}

    /** A file of relatives, and its pages by their checksums. */
    private record Shared(Path path, PageIndex.File file, Map<Integer, Integer> places) {}

    private PageWriter(MemoryImage memory, Path directory, Seal seal) {
        this.memory = memory;
        this.directory = directory;
        this.seal = seal;
        this.pages = new int[(int) ((memory.tableBytes() + memory.usableRam()) / PageFile.PAGE)];
    }

    /**
     * Writes pages and their index into a directory.
     *
     * @param relatives directories of templates with pages that this may have, too, the likeliest
     *     first; those that are gone or damaged do not count
     */
    static void write(MemoryImage memory, Path directory, List<Path> relatives, Seal seal)
            throws IOException {
        try (PageWriter writer = new PageWriter(memory, directory, seal)) {
            if (!relatives.isEmpty()) {
                writer.link(relatives);
            }
            writer.index().save(directory, seal);
        } catch (MachineException refused) {
            throw new IOException("its memory cannot be read", refused);
        }
    }

    private void link(List<Path> relatives) throws IOException {
        Set<Integer> wanted = checksums();
        Map<Long, Shared> shared = new HashMap<>();
        for (Path relative : relatives) {
            try {
                addTo(shared, relative, wanted);
            } catch (IOException goneOrDamaged) {
                // Its pages are written again.
                continue;
            }
        }
        List<Shared> best =
                shared.values().stream()
                        .sorted(Comparator.comparingInt((Shared one) -> -one.places().size()))
                        .limit(PageIndex.MOST_FILES - 1L)
                        .toList();
        for (Shared one : best) {
            open(one);
        }
    }

    /** The checksums of all pages that are not zero. */
    private Set<Integer> checksums() {
        Set<Integer> found = new HashSet<>();
        for (int i = 0; i < pages.length; i++) {
            byte[] content = content(i);
            if (!isZero(content)) {
                found.add(PageFile.checksum(content));
            }
        }
        return found;
    }

    private void addTo(Map<Long, Shared> shared, Path relative, Set<Integer> wanted)
            throws IOException {
        PageIndex index = PageIndex.load(relative, seal);
        for (PageIndex.Stored one : index.stored()) {
            if (wanted.contains(one.checksum())) {
                PageIndex.File file = index.files().get(one.file());
                shared.computeIfAbsent(
                                file.number(),
                                number ->
                                        new Shared(
                                                relative.resolve(PageFile.name(number)),
                                                file,
                                                new HashMap<>()))
                        .places()
                        .putIfAbsent(one.checksum(), one.place());
            }
        }
    }

    private void open(Shared shared) {
        long number = shared.file().number();
        try {
            Files.createLink(directory.resolve(PageFile.name(number)), shared.path());
            PageFile file = PageFile.open(directory, number, shared.file().pages(), seal);
            Source source = new Source(file, shared.file().pages());
            sources.add(source);
            shared.places()
                    .forEach(
                            (checksum, place) ->
                                    candidates.putIfAbsent(
                                            checksum, new Candidate(source, place, 0, -1)));
        } catch (IOException | UnsupportedOperationException refused) {
            // Gone, cut off, or the file system has no room for links: its pages are written again.
            return;
        }
    }

    private PageIndex index() throws IOException {
        for (int i = 0; i < pages.length; i++) {
            byte[] content = content(i);
            if (!isZero(content)) {
                pages[i] = numberOf(i, content);
            }
        }
        if (own != null) {
            own.file.force();
        }
        return new PageIndex(files(), stored, pages);
    }

    private byte[] content(int number) {
        MemoryFile.read(memory.fd(), page.clear(), (long) number * PageFile.PAGE);
        byte[] content = new byte[PageFile.PAGE];
        page.get(0, content);
        return content;
    }

    private static boolean isZero(byte[] content) {
        return Arrays.equals(content, ZEROS);
    }

    /** Which of the stored pages a page is. */
    private int numberOf(int number, byte[] content) throws IOException {
        int checksum = PageFile.checksum(content);
        Candidate candidate = candidates.get(checksum);
        if (candidate != null && isSame(candidate, content)) {
            if (candidate.number() != 0) {
                return candidate.number();
            }
            return store(checksum, candidate.source(), candidate.place(), -1);
        }
        Source into = own;
        if (into == null) {
            into = new Source(PageFile.create(directory, seal), 0);
            own = into;
            sources.add(into);
        }
        int place = into.pages++;
        into.file.append(place, content);
        return store(checksum, into, place, number);
    }

    private boolean isSame(Candidate candidate, byte[] content) {
        if (candidate.original() >= 0) {
            return Arrays.equals(content(candidate.original()), content);
        }
        try {
            return Arrays.equals(candidate.source().file.read(candidate.place()), content);
        } catch (IOException unreadable) {
            return false;
        }
    }

    private int store(int checksum, Source source, int place, int original) {
        if (source.position < 0) {
            source.position = (int) sources.stream().filter(one -> one.position >= 0).count();
        }
        stored.add(new PageIndex.Stored(source.position, place, checksum));
        candidates.put(checksum, new Candidate(source, place, stored.size(), original));
        return stored.size();
    }

    /** The files that are used; others that were linked are let go. */
    private List<PageIndex.File> files() throws IOException {
        List<Source> used = new ArrayList<>();
        for (Source source : sources) {
            if (source.position < 0) {
                Files.delete(directory.resolve(PageFile.name(source.file.number())));
            } else {
                used.add(source);
            }
        }
        return used.stream()
                .sorted(Comparator.comparingInt(source -> source.position))
                .map(source -> new PageIndex.File(source.file.number(), source.pages))
                .toList();
    }

    @Override
    public void close() throws IOException {
        for (Source source : sources) {
            source.file.close();
        }
    }
}
