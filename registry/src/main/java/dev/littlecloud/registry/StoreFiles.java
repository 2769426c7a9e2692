package dev.littlecloud.registry;

import dev.littlecloud.image.store.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Small files that are whole or not there, and errors of the disk as clients see them. */
final class StoreFiles {
    private final Path temporary;

    /** Removes what a killed process left. */
    StoreFiles(Path temporary) throws IOException {
        Disk.deleteTree(temporary);
        this.temporary = Files.createDirectories(temporary);
    }

    /** A name for a file that is not there yet, on the store's disk. */
    Path newTemporary() {
        return temporary.resolve(UUID.randomUUID().toString());
    }

    /** Writes or replaces a file, whose folder is made where it is missing. */
    void write(Path file, byte[] bytes) throws IOException {
        Path written = newTemporary();
        try {
            Disk.write(written, bytes);
            publish(written, file);
        } catch (IOException e) {
            Files.deleteIfExists(written);
            throw e;
        }
    }

    /** Gives a complete file, forced to disk, its final name. */
    void publish(Path complete, Path file) throws IOException {
        makeFolder(file.getParent());
        Disk.publish(complete, file);
    }

    void write(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** An empty file, to say that something is so. */
    void mark(Path file) throws IOException {
        makeFolder(file.getParent());
        try {
            Files.createFile(file);
            Disk.syncDirectory(file.getParent());
        } catch (FileAlreadyExistsException e) {
            // It is so already.
        }
    }

    /** Makes folders so that they, too, survive a power cut. */
    private static void makeFolder(@Nullable Path folder) throws IOException {
        if (folder == null || Files.isDirectory(folder)) {
            return;
        }
        makeFolder(folder.getParent());
        try {
            Files.createDirectory(folder);
            Disk.syncDirectory(folder.getParent());
        } catch (FileAlreadyExistsException e) {
            // Another push was faster.
        }
    }

    /** Removes a file; says whether it was there. */
    static boolean remove(Path file) throws IOException {
        boolean removed = Files.deleteIfExists(file);
        if (removed) {
            Disk.syncDirectory(file.getParent());
        }
        return removed;
    }

    static Optional<String> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Names of the files in a folder, in order; none where there is no folder. */
    static List<String> list(Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            files.forEach(file -> names.add(file.getFileName().toString()));
        } catch (NoSuchFileException e) {
            return List.of();
        }
        names.sort(null);
        return names;
    }
}
