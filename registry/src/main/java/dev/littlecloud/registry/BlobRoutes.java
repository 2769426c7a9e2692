package dev.littlecloud.registry;

import dev.littlecloud.image.Digest;
import dev.littlecloud.web.Exchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Optional;

/** {@code /v2/NAME/blobs/DIGEST}: "Pulling blobs", "Deleting Blobs". */
final class BlobRoutes {
    private final Registry registry;

    BlobRoutes(Registry registry) {
        this.registry = registry;
    }

    void handle(Exchange exchange, String name, Digest digest) throws IOException {
        if (exchange.method().equals("DELETE")) {
            registry.removeBlob(name, digest);
            exchange.answer(202);
            return;
        }
        Path file = registry.blob(name, digest);
        try (FileChannel blob = FileChannel.open(file)) {
            exchange.set("Docker-Content-Digest", digest.toString());
            exchange.set("Content-Type", "application/octet-stream");
            exchange.set("ETag", "\"" + digest + "\"");
            exchange.set("Accept-Ranges", "bytes");
            // What a digest names never changes.
            exchange.set("Cache-Control", "max-age=31536000, immutable");
            send(exchange, blob);
        }
    }

    private static void send(Exchange exchange, FileChannel blob) throws IOException {
        long size = blob.size();
        Optional<ByteRange> range =
                exchange.header("Range").flatMap(text -> ByteRange.parse(text, size));
        if (range.isPresent() && range.get().isEmpty()) {
            exchange.set("Content-Range", "bytes */" + size);
            throw new RegistryException(
                    RegistryErrorCode.RANGE_INVALID, "the blob has " + size + " bytes");
        }
        ByteRange part = range.orElse(new ByteRange(0, size));
        range.ifPresent(
                wanted ->
                        exchange.set(
                                "Content-Range",
                                "bytes " + part.start() + "-" + (part.end() - 1) + "/" + size));
        exchange.set("Content-Length", Long.toString(part.length()));
        try (OutputStream body = exchange.stream(range.isPresent() ? 206 : 200);
                WritableByteChannel target = Channels.newChannel(body)) {
            if (!exchange.isHead()) {
                copy(blob, part, target);
            }
        }
    }

    private static void copy(FileChannel blob, ByteRange part, WritableByteChannel target)
            throws IOException {
        long position = part.start();
        while (position < part.end()) {
            long count = blob.transferTo(position, part.end() - position, target);
            if (count <= 0) {
                throw new IOException("the blob was cut off at " + position);
            }
            position += count;
        }
    }
}
