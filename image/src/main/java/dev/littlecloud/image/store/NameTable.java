package dev.littlecloud.image.store;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageReference.RegistryName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which image a name means. One file for each name, called by the name's digest because names are
 * longer than file names may be; two lines: name, image.
 */
final class NameTable {
    private final Path directory;

    NameTable(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    Optional<Digest> find(RegistryName name) throws IOException {
        try {
            return parse(Files.readAllBytes(file(name))).map(Entry::id);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Under the store's lock; {@code scratch} is on the same disk. */
    void put(RegistryName name, Digest id, Path scratch) throws IOException {
        Path written = scratch.resolve("name-" + key(name));
        Files.deleteIfExists(written);
        Disk.write(written, (name.canonical() + "\n" + id + "\n").getBytes(StandardCharsets.UTF_8));
        Disk.publish(written, file(name));
    }

    /** Under the store's lock. */
    boolean remove(RegistryName name) throws IOException {
        boolean removed = Files.deleteIfExists(file(name));
        Disk.syncDirectory(directory);
        return removed;
    }

    /** All names, in order. */
    Map<RegistryName, Digest> all() throws IOException {
        Map<String, Entry> sorted = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                try {
                    parse(Files.readAllBytes(file))
                            .ifPresent(entry -> sorted.put(entry.name().canonical(), entry));
                } catch (NoSuchFileException e) {
                    // Removed since the folder was listed.
                }
            }
        }
        Map<RegistryName, Digest> all = new LinkedHashMap<>();
        sorted.values().forEach(entry -> all.put(entry.name(), entry.id()));
        return all;
    }

    private record Entry(RegistryName name, Digest id) {}

    /** Empty for a file that is damaged: its name is as good as unknown and can be given anew. */
    private static Optional<Entry> parse(byte[] bytes) {
        List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
        if (lines.size() != 2) {
            return Optional.empty();
        }
        return ImageReference.tryParseName(lines.get(0))
                .flatMap(name -> Digest.tryParse(lines.get(1)).map(id -> new Entry(name, id)));
    }

    private Path file(RegistryName name) {
        return directory.resolve(key(name));
    }

    private static String key(RegistryName name) {
        return Digest.sha256(name.canonical().getBytes(StandardCharsets.UTF_8)).hex();
    }
}
