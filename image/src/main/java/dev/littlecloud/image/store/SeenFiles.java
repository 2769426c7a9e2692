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
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which image an archive held when it was last read. While the file is the same by its inode, size
 * and change time, it need not be read again: running an archive then costs no more than running a
 * name.
 */
final class SeenFiles {
    private static final int MOST_ENTRIES = 256;

    /** A file changed this lately may change again without its times showing it. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private final Path directory;

    SeenFiles(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    /**
     * @param names under which the file's image was stored
     */
    record Seen(Digest id, List<RegistryName> names) {}

    /** What the file held, if it did not change since. */
    Optional<Seen> find(String reference, Path file) throws IOException {
        Optional<String> state = state(file);
        List<String> lines;
        try {
            lines =
                    new String(Files.readAllBytes(entry(reference)), StandardCharsets.UTF_8)
                            .lines()
                            .toList();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (lines.size() < 2 || state.isEmpty() || !lines.getFirst().equals(state.get())) {
            return Optional.empty();
        }
        List<RegistryName> names = new ArrayList<>();
        for (String name : lines.subList(2, lines.size())) {
            ImageReference.tryParseName(name).ifPresent(names::add);
        }
        return Digest.tryParse(lines.get(1)).map(id -> new Seen(id, names));
    }

    /** The state of a file to be given to {@link #put} after it was read; empty if it is too new. */
    Optional<String> state(Path file) throws IOException {
        Map<String, Object> attributes;
        try {
            attributes = Files.readAttributes(file, "unix:dev,ino,size,ctime");
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (!(attributes.get("ctime") instanceof FileTime changed)
                || changed.toInstant().isAfter(Instant.now().minus(SETTLED))) {
            return Optional.empty();
        }
        return Optional.of(
                attributes.get("dev")
                        + " "
                        + attributes.get("ino")
                        + " "
                        + attributes.get("size")
                        + " "
                        + changed.toInstant());
    }

    /**
     * @param state of the file before it was read
     * @param scratch on the same disk
     */
    void put(String reference, String state, Seen seen, Path scratch) throws IOException {
        List<String> lines = new ArrayList<>(List.of(state, seen.id().toString()));
        seen.names().forEach(name -> lines.add(name.canonical()));
        forgetIfFull();
        Path written = scratch.resolve("seen");
        Files.deleteIfExists(written);
        Disk.write(written, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        Disk.publish(written, entry(reference));
    }

    private void forgetIfFull() throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            files.forEach(entries::add);
        }
        if (entries.size() >= MOST_ENTRIES) {
            for (Path entry : entries) {
                Files.deleteIfExists(entry);
            }
        }
    }

    private Path entry(String reference) {
        return directory.resolve(Digest.sha256(reference.getBytes(StandardCharsets.UTF_8)).hex());
    }
}
