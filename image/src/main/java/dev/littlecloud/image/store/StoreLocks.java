package dev.littlecloud.image.store;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ImageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Locks that hold between threads and between processes. */
final class StoreLocks {
    private static final int IMAGE_LOCKS = 64;

    /** File locks belong to the whole process, so its threads need locks of their own. */
    private static final ConcurrentHashMap<Path, ReentrantLock> THREAD_LOCKS =
            new ConcurrentHashMap<>();

    private final Path directory;

    StoreLocks(Path directory) throws IOException {
        Files.createDirectories(directory);
        this.directory = directory.toRealPath();
    }

    /** Held while a lock file is locked; closing it unlocks. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /** The lock for changing what the store shows. */
    Held store() {
        return acquire(directory.resolve("store"));
    }

    /**
     * The lock for making an image: who waits for it finds the image there afterwards. A few lock
     * files serve all images, so that they need no cleaning up.
     */
    Held image(Digest id) {
        int number = Integer.parseInt(id.hex().substring(0, 2), 16) % IMAGE_LOCKS;
        return acquire(directory.resolve("image-" + number));
    }

    private static Held acquire(Path file) {
        ReentrantLock threadLock = THREAD_LOCKS.computeIfAbsent(file, path -> new ReentrantLock());
        threadLock.lock();
        try {
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                FileLock lock = channel.lock();
                return () -> {
                    release(lock, channel, file);
                    threadLock.unlock();
                };
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            threadLock.unlock();
            throw ImageException.io("locking the image store", e);
        } catch (RuntimeException e) {
            threadLock.unlock();
            throw e;
        }
    }

    private static void release(FileLock lock, FileChannel channel, Path file) {
        try (channel) {
            lock.release();
        } catch (IOException e) {
            throw ImageException.io("unlocking " + file, e);
        }
    }
}
