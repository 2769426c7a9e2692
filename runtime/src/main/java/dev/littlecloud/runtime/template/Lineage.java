package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.freeze.DamagedException;
import dev.littlecloud.sys.Files;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder of templates that keep identical pages once: each has links to the files of pages that it
 * has anything in, so a file is there for as long as one of them is. Pages that only those had that
 * were removed are given back by {@link #collect}. Whoever writes or removes holds its lock.
 */
public final class Lineage {
    private static final System.Logger LOG = System.getLogger(Lineage.class.getName());

    private final Path folder;
    private final Seal seal;

    /**
     * @param folder with templates at any depth; need not be there
     */
    public Lineage(Path folder, Seal seal) {
        this.folder = folder;
        this.seal = seal;
    }

    public Path folder() {
        return folder;
    }

    /** The folders of its templates. */
    public List<Path> templates() {
        List<Path> found = new ArrayList<>();
        addTemplates(folder, found);
        return found;
    }

    private static void addTemplates(Path in, List<Path> found) {
        if (java.nio.file.Files.exists(in.resolve(TemplateFile.DESCRIPTION))) {
            found.add(in);
            return;
        }
        list(in).filter(java.nio.file.Files::isDirectory).forEach(one -> addTemplates(one, found));
    }

    private static Stream<Path> list(Path folder) {
        try (Stream<Path> entries = java.nio.file.Files.list(folder)) {
            return entries.toList().stream();
        } catch (NoSuchFileException | NotDirectoryException none) {
            return Stream.empty();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The files of pages in the folder of a template. */
    public static Set<String> files(Path template) {
        return list(template)
                .map(entry -> entry.getFileName().toString())
                .filter(PageFile::isName)
                .collect(Collectors.toSet());
    }

    /** Gives the disk all pages that no template has. */
    public synchronized void collectAll() {
        Map<String, List<Path>> users = users();
        collect(users.keySet(), users);
    }

    /**
     * The same with the pages of some files.
     *
     * @param files those of templates that were removed
     */
    public synchronized void collect(Collection<String> files) {
        if (!files.isEmpty()) {
            collect(files, users());
        }
    }

    private void collect(Collection<String> files, Map<String, List<Path>> users) {
        for (String file : files) {
            try {
                List<Path> templates = users.get(file);
                if (templates != null) {
                    shrink(file, templates);
                }
            } catch (IOException failure) {
                // What is too much goes at the next time.
                LOG.log(System.Logger.Level.WARNING, "collecting pages in " + folder, failure);
            }
        }
    }

    /** All files of pages, with the folders that have a link to them. */
    private Map<String, List<Path>> users() {
        Map<String, List<Path>> users = new HashMap<>();
        for (Path template : templates()) {
            for (String file : files(template)) {
                users.computeIfAbsent(file, _ -> new ArrayList<>()).add(template);
            }
        }
        return users;
    }

    private void shrink(String file, List<Path> templates) throws IOException {
        BitSet used = new BitSet();
        for (Path template : templates) {
            try {
                used.or(PageIndex.load(template, seal).usedOf(file));
            } catch (DamagedException | NoSuchFileException unusable) {
                // It cannot be read, with or without its pages.
                continue;
            }
        }
        Path path = templates.getFirst().resolve(file);
        int pages = (int) (java.nio.file.Files.size(path) / PageFile.PAGE);
        int fd = Files.open(path.toString(), Files.O_WRONLY | Files.O_CLOEXEC, 0);
        if (fd < 0) {
            throw new IOException("open of %s: errno %d".formatted(path, -fd));
        }
        try {
            for (int start = used.nextClearBit(0); start < pages; ) {
                int next = used.nextSetBit(start);
                int end = next < 0 ? pages : Math.min(next, pages);
                punch(fd, start, end);
                start = used.nextClearBit(end);
            }
        } finally {
            Files.close(fd);
        }
    }

    private static void punch(int fd, int start, int end) throws IOException {
        int result =
                Files.allocate(
                        fd,
                        Files.FALLOC_FL_PUNCH_HOLE | Files.FALLOC_FL_KEEP_SIZE,
                        (long) start * PageFile.PAGE,
                        (long) (end - start) * PageFile.PAGE);
        if (result < 0) {
            throw new IOException(
                    "this file system keeps pages that nobody needs: errno " + -result);
        }
    }
}
