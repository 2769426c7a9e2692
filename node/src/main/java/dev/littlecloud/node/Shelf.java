package dev.littlecloud.node;

import dev.littlecloud.runtime.template.Lineage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What is kept of one revision: its template, and the last state of its frozen instance. Each is a
 * folder with a number; the highest counts, and one that is not complete has another name.
 */
final class Shelf {
    static final String TEMPLATE = "template";
    static final String STATE = "state";

    private static final String UNFINISHED = ".new";

    private final Path directory;
    private final Lineage lineage;

    /**
     * @param directory below the lineage's folder
     */
    Shelf(Path directory, Lineage lineage) {
        this.directory = directory;
        this.lineage = lineage;
    }

    /** Writes into a folder that does not exist. */
    interface Writer {
        /**
         * @param relatives folders that may have the same pages
         */
        void write(Path folder, List<Path> relatives) throws IOException;
    }

    /** The newest of a kind. */
    synchronized Optional<Path> newest(String kind) {
        return all(kind).stream().max(Comparator.comparingLong(Shelf::number));
    }

    /** Adds one; when that is done, those before it are removed. */
    synchronized void put(String kind, Writer writer) throws IOException {
        List<Path> before = all(kind);
        long number = before.stream().mapToLong(Shelf::number).max().orElse(0) + 1;
        Path complete = directory.resolve(kind + "-" + number);
        Path unfinished = directory.resolve(complete.getFileName() + UNFINISHED);
        synchronized (lineage) {
            delete(unfinished);
            try {
                Files.createDirectories(directory);
                writer.write(unfinished, relatives(kind));
                Files.move(unfinished, complete, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException failure) {
                delete(unfinished);
                throw failure;
            }
            deleteAll(before);
        }
    }

    /**
     * What an instance wrote goes no further than to its own revision: nobody can find out by the
     * time a template takes, or by its size, what is in the memory of an instance.
     */
    private List<Path> relatives(String kind) {
        return kind.equals(STATE)
                ? Stream.of(newest(STATE), newest(TEMPLATE)).flatMap(Optional::stream).toList()
                : lineage.templates().stream().filter(folder -> isOf(TEMPLATE, folder)).toList();
    }

    synchronized void drop(String kind) {
        synchronized (lineage) {
            deleteAll(all(kind));
        }
    }

    /** Removes folders, and pages that nothing else has. */
    private void deleteAll(List<Path> folders) {
        Set<String> files = new TreeSet<>();
        for (Path folder : folders) {
            files.addAll(Lineage.files(folder));
            delete(folder);
        }
        lineage.collect(files);
    }

    /** Removes what a process that was killed did not complete. */
    synchronized void tidy() {
        list(directory).stream()
                .filter(entry -> entry.toString().endsWith(UNFINISHED))
                .forEach(Shelf::delete);
    }

    /** Removes all of it, and the folders around it that have nothing else. */
    synchronized void remove() {
        synchronized (lineage) {
            Set<String> files = new TreeSet<>();
            list(directory).forEach(folder -> files.addAll(Lineage.files(folder)));
            delete(directory);
            lineage.collect(files);
            Path around = directory.getParent();
            while (around != null
                    && around.startsWith(lineage.folder())
                    && list(around).isEmpty()) {
                delete(around);
                around = around.getParent();
            }
        }
    }

    private List<Path> all(String kind) {
        return list(directory).stream().filter(entry -> isOf(kind, entry)).toList();
    }

    private static boolean isOf(String kind, Path entry) {
        return entry.getFileName().toString().matches(kind + "-[1-9][0-9]{0,17}");
    }

    private static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static long number(Path folder) {
        String name = folder.getFileName().toString();
        return Long.parseLong(name.substring(name.indexOf('-') + 1));
    }

    /** Removes a folder with all it has, if it is there. */
    static void delete(Path folder) {
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(entry);
            }
        } catch (NoSuchFileException gone) {
            return;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
