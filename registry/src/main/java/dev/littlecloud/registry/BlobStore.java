package dev.littlecloud.registry;

import dev.littlecloud.image.Digest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Contents by their digests, of all repositories. The time of a file's last change is when somebody
 * last said to need it: garbage is only what nobody named for a while.
 */
final class BlobStore {
    private final Path directory;
    private final StoreFiles files;

    BlobStore(Path directory, StoreFiles files) throws IOException {
        this.directory = directory;
        this.files = files;
        Files.createDirectories(directory.resolve("sha256"));
        Files.createDirectories(directory.resolve("sha512"));
    }

    Path file(Digest digest) {
        return directory.resolve(digest.algorithm()).resolve(digest.hex());
    }

    boolean has(Digest digest) {
        return Files.isRegularFile(file(digest));
    }

    Optional<byte[]> read(Digest digest) throws IOException {
        try {
            return Optional.of(Files.readAllBytes(file(digest)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    void put(Digest digest, byte[] bytes) throws IOException {
        if (!touch(digest)) {
            files.write(file(digest), bytes);
        }
    }

    /**
     * Takes a file over.
     *
     * @param complete forced to disk, its digest checked
     */
    void publish(Path complete, Digest digest) throws IOException {
        if (touch(digest)) {
            Files.delete(complete);
        } else {
            files.publish(complete, file(digest));
        }
    }

    /** Keeps a content from being garbage for a while; false where it is not there. */
    boolean touch(Digest digest) throws IOException {
        try {
            Files.setLastModifiedTime(file(digest), FileTime.from(Instant.now()));
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Contents that nobody named since {@code before}. */
    List<Digest> unnamedSince(Instant before) throws IOException {
        List<Digest> found = new ArrayList<>();
        for (String algorithm : List.of("sha256", "sha512")) {
            try (DirectoryStream<Path> blobs =
                    Files.newDirectoryStream(directory.resolve(algorithm))) {
                for (Path blob : blobs) {
                    Digest.tryParse(algorithm + ":" + blob.getFileName())
                            .filter(digest -> isOlder(blob, before))
                            .ifPresent(found::add);
                }
            }
        }
        return found;
    }

    /** Whether nobody named a content since {@code before}; a content that is not here was not. */
    boolean isUnnamedSince(Digest digest, Instant before) {
        return !has(digest) || isOlder(file(digest), before);
    }

    private static boolean isOlder(Path blob, Instant before) {
        try {
            return Files.getLastModifiedTime(blob).toInstant().isBefore(before);
        } catch (IOException e) {
            // Gone since the folder was listed.
            return false;
        }
    }

    /** Removes a content unless somebody named it since; gives the bytes freed. */
    long remove(Digest digest, Instant before) throws IOException {
        Path blob = file(digest);
        if (!isOlder(blob, before)) {
            return 0;
        }
        long size = Files.size(blob);
        StoreFiles.remove(blob);
        return size;
    }
}
