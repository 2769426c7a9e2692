package dev.littlecloud.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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

    Shelf(Path directory) {
        this.directory = directory;
    }

    /** Writes into a folder that does not exist. */
    interface Writer {
        void write(Path folder) throws IOException;
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
        delete(unfinished);
        try {
            Files.createDirectories(directory);
            writer.write(unfinished);
            Files.move(unfinished, complete, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            delete(unfinished);
            throw failure;
        }
        before.forEach(Shelf::delete);
    }

    synchronized void drop(String kind) {
        all(kind).forEach(Shelf::delete);
    }

    /** Removes what a process that was killed did not complete. */
    synchronized void tidy() {
        try (Stream<Path> entries = Files.list(directory)) {
            entries.filter(entry -> entry.toString().endsWith(UNFINISHED)).forEach(Shelf::delete);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Removes all of it. */
    synchronized void remove() {
        delete(directory);
    }

    private List<Path> all(String kind) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(
                            entry ->
                                    entry.getFileName()
                                            .toString()
                                            .matches(kind + "-[1-9][0-9]{0,17}"))
                    .toList();
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
