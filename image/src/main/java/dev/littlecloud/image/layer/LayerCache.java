package dev.littlecloud.image.layer;

import dev.littlecloud.image.Digest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;

/**
 * Layers on disk, as registries sent them. A cache: anything may vanish at any time, so who needs a layer
 * takes a hard link of it into a folder of its own.
 */
public final class LayerCache {
    private final Path directory;

    public LayerCache(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        Files.createDirectories(directory.resolve("sha256"));
        Files.createDirectories(directory.resolve("sha512"));
    }

    /** Makes {@code target} the layer, if it is here. */
    public boolean take(Digest digest, Path target) throws IOException {
        try {
            Files.createLink(target, file(digest));
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Adds a layer whose digest was checked.
     *
     * @param file complete and on the same disk; it stays
     */
    public void add(Digest digest, Path file) throws IOException {
        try {
            Files.createLink(file(digest), file);
        } catch (FileAlreadyExistsException e) {
            // Another pull was faster.
        }
    }

    /** Removes a layer that turned out to be damaged. */
    public void drop(Digest digest) throws IOException {
        Files.deleteIfExists(file(digest));
    }

    /** Removes all others. */
    public void retain(Collection<Digest> inUse) throws IOException {
        for (String algorithm : new String[] {"sha256", "sha512"}) {
            try (DirectoryStream<Path> files =
                    Files.newDirectoryStream(directory.resolve(algorithm))) {
                for (Path file : files) {
                    boolean isUsed =
                            Digest.tryParse(algorithm + ":" + file.getFileName())
                                    .filter(inUse::contains)
                                    .isPresent();
                    if (!isUsed) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        }
    }

    private Path file(Digest digest) {
        return directory.resolve(digest.algorithm()).resolve(digest.hex());
    }
}
