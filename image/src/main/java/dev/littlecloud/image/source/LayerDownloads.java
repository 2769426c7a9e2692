package dev.littlecloud.image.source;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.layer.LayerCache;
import dev.littlecloud.image.registry.Backoff;
import dev.littlecloud.image.registry.RegistryClient;
import dev.littlecloud.image.registry.RegistryErrors;
import dev.littlecloud.image.source.Manifest.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Fetches blobs, a few at a time, takes up what broke off, and checks every byte. */
final class LayerDownloads implements AutoCloseable {
    private static final int AT_ONCE = 3;
    private static final int TRIES = 5;

    private final RegistryClient client;
    private final String registry;
    private final LayerCache cache;
    private final Path scratch;
    private final Backoff backoff;
    private final Progress progress;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore permits = new Semaphore(AT_ONCE, true);
    private final Map<Digest, Future<Path>> started = new HashMap<>();

    LayerDownloads(
            RegistryClient client,
            String registry,
            LayerCache cache,
            Path scratch,
            Backoff backoff,
            Progress progress) {
        this.client = client;
        this.registry = registry;
        this.cache = cache;
        this.scratch = scratch;
        this.backoff = backoff;
        this.progress = progress;
    }

    /** The file of a layer; the first call starts all downloads, lowest layer first. */
    Path await(List<Descriptor> layers, Descriptor wanted) {
        for (Descriptor layer : layers) {
            started.computeIfAbsent(
                    layer.digest(), digest -> threads.submit(() -> layerFile(layer)));
        }
        Future<Path> download = started.get(wanted.digest());
        if (download == null) {
            throw new IllegalStateException("the layer is one of the layers");
        }
        try {
            return download.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException(ErrorCode.NETWORK, "the download was interrupted", e);
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case ImageException failure -> failure;
                case IOException failure ->
                        ImageException.io("storing a layer of the image", failure);
                case null, default -> new IllegalStateException(e);
            };
        }
    }

    private Path layerFile(Descriptor layer) throws IOException, InterruptedException {
        Path file = scratch.resolve("layer-" + layer.digest().hex());
        if (cache.take(layer.digest(), file)) {
            if (isIntact(file, layer)) {
                return file;
            }
            cache.drop(layer.digest());
            Files.delete(file);
        }
        permits.acquire();
        try (Progress.Task task =
                progress.begin("pulling layer " + layer.digest().shortHex(), layer.size())) {
            fetch(layer, file, task);
        } finally {
            permits.release();
        }
        cache.add(layer.digest(), file);
        return file;
    }

    private static boolean isIntact(Path file, Descriptor layer) throws IOException {
        if (Files.size(file) != layer.size()) {
            return false;
        }
        MessageDigest digest = layer.digest().newMessageDigest();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return Digest.of(layer.digest().algorithm(), digest.digest()).equals(layer.digest());
    }

    /** Fetches a blob into a new file and forces it to disk. */
    void fetch(Descriptor blob, Path file, Progress.Task task) throws IOException {
        Attempt attempt = new Attempt(blob, task);
        try (FileChannel out =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; !attempt.isComplete(); i++) {
                if (i == TRIES) {
                    throw RegistryErrors.unreachable(registry, attempt.failure);
                }
                backoff.beforeAttempt(i);
                attempt.run(out);
            }
            out.force(true);
        }
        attempt.requireDigest();
    }

    /** How far one download is. */
    private final class Attempt {
        private final Descriptor blob;
        private final Progress.Task task;
        private MessageDigest digest;
        private long done;
        private boolean isStarted;
        private @Nullable IOException failure;

        Attempt(Descriptor blob, Progress.Task task) {
            this.blob = blob;
            this.task = task;
            this.digest = blob.digest().newMessageDigest();
        }

        boolean isComplete() {
            return isStarted && done == blob.size();
        }

        void run(FileChannel out) throws IOException {
            RegistryClient.Blob answer;
            try {
                answer = client.blob(blob.digest(), done);
            } catch (IOException e) {
                failure = e;
                return;
            }
            isStarted = true;
            try (InputStream body = answer.body()) {
                if (answer.offset() != done) {
                    task.advance(-done);
                    done = 0;
                    digest = blob.digest().newMessageDigest();
                }
                out.truncate(done);
                receive(body, out);
            }
        }

        private void receive(InputStream body, FileChannel out) throws IOException {
            byte[] buffer = new byte[1 << 16];
            while (true) {
                int read;
                try {
                    read = body.read(buffer);
                } catch (IOException e) {
                    failure = e;
                    return;
                }
                if (read < 0) {
                    failure = new IOException("it ended after " + done + " bytes");
                    return;
                }
                if (read > blob.size() - done) {
                    throw new ImageException(
                            ErrorCode.DIGEST_MISMATCH,
                            "the registry "
                                    + registry
                                    + " sends more than the "
                                    + blob.size()
                                    + " bytes of "
                                    + blob.digest());
                }
                digest.update(buffer, 0, read);
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                done += read;
                task.advance(read);
            }
        }

        void requireDigest() {
            Digest actual = Digest.of(blob.digest().algorithm(), digest.digest());
            if (!actual.equals(blob.digest())) {
                throw new ImageException(
                        ErrorCode.DIGEST_MISMATCH,
                        "the registry "
                                + registry
                                + " sent "
                                + actual
                                + " instead of "
                                + blob.digest());
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
