package dev.littlecloud.image.store;

import dev.littlecloud.image.ImageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A folder for work in progress. A file lock says that its process lives; a folder without one is
 * what a killed process left.
 */
final class Workspace implements AutoCloseable {
    private static final String LOCK = ".lock";

    /**
     * Lock files of this process. It must not open them again: closing a file gives up all locks
     * that the process holds on it, fcntl(2), "Record locking".
     */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final Path lockFile;
    private final FileChannel channel;

    private Workspace(Path directory, Path lockFile, FileChannel channel) {
        this.directory = directory;
        this.lockFile = lockFile;
        this.channel = channel;
    }

    /** To be called under the store's lock, so that nobody takes the folder for a left one. */
    static Workspace create(Path parent) throws IOException {
        String name = UUID.randomUUID().toString();
        Path lockFile = parent.resolve(name + LOCK);
        OWN.add(lockFile);
        FileChannel channel =
                FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            channel.lock();
            return new Workspace(Files.createDirectory(parent.resolve(name)), lockFile, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    Path directory() {
        return directory;
    }

    /** Removes what dead processes left. To be called under the store's lock. */
    static void removeLeft(Path parent) throws IOException {
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(parent, "*" + LOCK)) {
            for (Path lockFile : locks) {
                if (!OWN.contains(lockFile)) {
                    removeIfLeft(lockFile);
                }
            }
        }
    }

    private static void removeIfLeft(Path lockFile) throws IOException {
        String lockName = lockFile.getFileName().toString();
        Path directory =
                lockFile.resolveSibling(lockName.substring(0, lockName.length() - LOCK.length()));
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE)) {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                Disk.deleteTree(directory);
                Files.deleteIfExists(lockFile);
            }
        } catch (NoSuchFileException e) {
            // Its owner has finished and removed it.
        }
    }

    @Override
    public void close() {
        // The lock goes last: until then nobody else removes what is being removed here.
        try (channel) {
            Disk.deleteTree(directory);
            Files.deleteIfExists(lockFile);
        } catch (IOException e) {
            throw ImageException.io("removing temporary files", e);
        } finally {
            OWN.remove(lockFile);
        }
    }
}
