package dev.littlecloud.registry;

import dev.littlecloud.web.Exchange;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** {@code /v2/NAME/manifests/REFERENCE}: pulls, pushes and removes manifests and indexes. */
final class ManifestRoutes {
    /** "Pushing Manifests": registries should take at least 4 MiB. */
    private static final int MOST_BYTES = 4 << 20;

    private final Registry registry;

    ManifestRoutes(Registry registry) {
        this.registry = registry;
    }

    void handle(Exchange exchange, String name, String reference) throws IOException {
        switch (exchange.method()) {
            case "PUT" -> put(exchange, name, reference);
            case "DELETE" -> {
                registry.removeManifest(name, reference);
                exchange.answer(202);
            }
            default -> get(exchange, name, reference);
        }
    }

    private void get(Exchange exchange, String name, String reference) throws IOException {
        Optional<Registry.Manifest> found = registry.manifest(name, reference);
        if (found.isEmpty()) {
            throw Registry.manifestUnknown(name, reference);
        }
        Registry.Manifest manifest = found.get();
        String tag = "\"" + manifest.digest() + "\"";
        exchange.set("Docker-Content-Digest", manifest.digest().toString());
        exchange.set("ETag", tag);
        if (exchange.header("If-None-Match").filter(tag::equals).isPresent()) {
            exchange.answer(304);
        } else {
            exchange.answer(200, manifest.mediaType(), manifest.bytes());
        }
    }

    private void put(Exchange exchange, String name, String reference) throws IOException {
        byte[] bytes = exchange.body().readNBytes(MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw new RegistryException(
                    RegistryErrorCode.TOO_LARGE,
                    "the manifest is larger than the " + MOST_BYTES + " bytes that one may have");
        }
        Registry.Pushed pushed = registry.putManifest(name, reference, mediaType(exchange), bytes);
        exchange.set("Location", "/v2/" + name + "/manifests/" + pushed.digest());
        exchange.set("Docker-Content-Digest", pushed.digest().toString());
        pushed.subject().ifPresent(subject -> exchange.set("OCI-Subject", subject.toString()));
        exchange.answer(201);
    }

    private static String mediaType(Exchange exchange) {
        String type = exchange.header("Content-Type").orElse("");
        int parameters = type.indexOf(';');
        type = (parameters < 0 ? type : type.substring(0, parameters)).strip();
        if (type.isEmpty()) {
            throw new RegistryException(
                    RegistryErrorCode.MANIFEST_INVALID, "a manifest needs a Content-Type");
        }
        return type.toLowerCase(Locale.ROOT);
    }
}
