package dev.littlecloud.registry;

import dev.littlecloud.image.store.Disk;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The uploads under way, one folder each: what has arrived, and for which repository. */
final class Uploads {
    private static final String DATA = "data";
    private static final String REPOSITORY = "repository";
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Path directory;
    private final long mostBytes;
    private final ConcurrentHashMap<String, Upload> open = new ConcurrentHashMap<>();

    Uploads(Path directory, long mostBytes) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.mostBytes = mostBytes;
    }

    Upload start(String repository) throws IOException {
        String id = UUID.randomUUID().toString();
        Path folder = Files.createDirectory(directory.resolve(id));
        Files.writeString(folder.resolve(REPOSITORY), repository);
        Upload upload = Upload.create(id, folder.resolve(DATA), mostBytes);
        open.put(id, upload);
        return upload;
    }

    /** The upload of a repository, which an earlier process may have begun. */
    Upload find(String repository, String id) throws IOException {
        if (!ID.matcher(id).matches()) {
            throw unknown(id);
        }
        Path folder = directory.resolve(id);
        boolean isIts =
                StoreFiles.read(folder.resolve(REPOSITORY)).filter(repository::equals).isPresent();
        if (!isIts) {
            throw unknown(id);
        }
        synchronized (open) {
            Upload known = open.get(id);
            if (known == null) {
                try {
                    known = Upload.reopen(id, folder.resolve(DATA), mostBytes);
                } catch (NoSuchFileException e) {
                    throw unknown(id);
                }
                open.put(id, known);
            }
            return known;
        }
    }

    static RegistryException unknown(String id) {
        return new RegistryException(
                RegistryErrorCode.BLOB_UPLOAD_UNKNOWN,
                "there is no upload '" + id + "' here: it ended, was cancelled or is too old");
    }

    /** Removes an upload that ended. */
    void forget(Upload upload) throws IOException {
        Disk.deleteTree(directory.resolve(upload.id()));
        open.remove(upload.id());
    }

    /** Removes uploads to which nothing was added since {@code before}; says how many. */
    int removeOlder(Instant before) throws IOException {
        int removed = 0;
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(directory)) {
            for (Path folder : folders) {
                Path newest = folder.resolve(DATA);
                if (!Files.exists(newest)) {
                    newest = folder;
                }
                if (Files.getLastModifiedTime(newest).toInstant().isBefore(before)) {
                    open.remove(folder.getFileName().toString());
                    Disk.deleteTree(folder);
                    removed++;
                }
            }
        } catch (NoSuchFileException e) {
            // It ended while this looked.
            return removed;
        }
        return removed;
    }
}
