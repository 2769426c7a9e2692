package dev.littlecloud.registry;

import dev.littlecloud.image.Digest;
import dev.littlecloud.web.Exchange;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /v2/NAME/blobs/uploads/}: "Pushing blobs", monolithic, in chunks, or by a mount. */
final class UploadRoutes {
    private static final Pattern CONTENT_RANGE =
            Pattern.compile("(?:bytes[ =])?([0-9]{1,18})-([0-9]{1,18})(?:/.*)?");

    private final Registry registry;
    private final MountRule mounts;

    /** Whether the sender may read the repository that a blob is to be mounted from. */
    interface MountRule {
        boolean mayRead(Exchange exchange, String repository);
    }

    UploadRoutes(Registry registry, MountRule mounts) {
        this.registry = registry;
        this.mounts = mounts;
    }

    void start(Exchange exchange, String name) throws IOException {
        Optional<String> mount = exchange.query("mount");
        if (mount.isPresent() && mounted(exchange, name, Names.digest(mount.get()))) {
            return;
        }
        Optional<Digest> digest =
                mount.isPresent() ? Optional.empty() : exchange.query("digest").map(Names::digest);
        Upload upload = registry.startUpload(name);
        if (digest.isEmpty()) {
            describe(exchange, name, upload);
            exchange.answer(202);
            return;
        }
        upload.append(exchange.body(), 0, exchange.bodyLength());
        finish(exchange, name, upload, digest.get());
    }

    /** "Mounting a blob from another repository"; where that fails, an ordinary upload begins. */
    private boolean mounted(Exchange exchange, String name, Digest digest) throws IOException {
        Optional<String> from = exchange.query("from");
        if (from.isEmpty()
                || !mounts.mayRead(exchange, Names.repository(from.get()))
                || !registry.mount(name, digest, from.get())) {
            return false;
        }
        created(exchange, name, digest);
        return true;
    }

    void handle(Exchange exchange, String name, String id) throws IOException {
        Upload upload = registry.upload(name, id);
        switch (exchange.method()) {
            case "GET" -> {
                describe(exchange, name, upload);
                exchange.answer(204);
            }
            case "PATCH" -> patch(exchange, name, upload);
            case "PUT" -> put(exchange, name, upload);
            default -> {
                registry.cancel(upload);
                exchange.answer(204);
            }
        }
    }

    private void patch(Exchange exchange, String name, Upload upload) throws IOException {
        append(exchange, name, upload);
        describe(exchange, name, upload);
        exchange.answer(202);
    }

    private void put(Exchange exchange, String name, Upload upload) throws IOException {
        Digest digest =
                Names.digest(
                        exchange.query("digest")
                                .orElseThrow(
                                        () ->
                                                new RegistryException(
                                                        RegistryErrorCode.DIGEST_INVALID,
                                                        "the end of an upload needs ?digest=")));
        append(exchange, name, upload);
        finish(exchange, name, upload, digest);
    }

    /**
     * A body without a length is taken to its end, and one without a range goes behind what is
     * there: Docker's daemons send a whole blob so.
     */
    private static void append(Exchange exchange, String name, Upload upload) throws IOException {
        Optional<String> range = exchange.header("Content-Range");
        long start = -1;
        long length = exchange.bodyLength();
        if (range.isPresent()) {
            Matcher matcher = CONTENT_RANGE.matcher(range.get().strip());
            if (!matcher.matches()) {
                throw new RegistryException(
                        RegistryErrorCode.BLOB_UPLOAD_INVALID,
                        "'" + range.get() + "' is not a Content-Range like 0-1023");
            }
            start = Long.parseLong(matcher.group(1));
            long ranged = Long.parseLong(matcher.group(2)) + 1 - start;
            if (ranged < 0 || (length >= 0 && length != ranged)) {
                throw new RegistryException(
                        RegistryErrorCode.SIZE_INVALID,
                        "Content-Range says " + ranged + " bytes and Content-Length " + length);
            }
            length = ranged;
        }
        try {
            upload.append(exchange.body(), start, length);
        } catch (RegistryException refused) {
            if (refused.code() == RegistryErrorCode.RANGE_INVALID) {
                // "Pushing a blob in chunks": tells where it goes on.
                describe(exchange, name, upload);
            }
            throw refused;
        }
    }

    private void finish(Exchange exchange, String name, Upload upload, Digest digest)
            throws IOException {
        registry.finish(name, upload, digest);
        created(exchange, name, digest);
    }

    private static void created(Exchange exchange, String name, Digest digest) throws IOException {
        exchange.set("Location", "/v2/" + name + "/blobs/" + digest);
        exchange.set("Docker-Content-Digest", digest.toString());
        exchange.answer(201);
    }

    private static void describe(Exchange exchange, String name, Upload upload) {
        exchange.set("Location", "/v2/" + name + "/blobs/uploads/" + upload.id());
        exchange.set("Docker-Upload-UUID", upload.id());
        exchange.set("Range", "0-" + Math.max(upload.size() - 1, 0));
    }
}
