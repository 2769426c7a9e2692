package dev.littlecloud.image.source;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.json.Json;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Goes from an index, which may list further ones, to the manifest for this platform. */
final class ManifestResolver {
    private static final int MOST_INDEXES = 4;

    /** Gets a manifest or index; the resolver checks its digest. */
    @FunctionalInterface
    interface Fetcher {
        byte[] fetch(Digest digest) throws IOException;
    }

    private ManifestResolver() {}

    static Manifest resolve(Digest start, Fetcher fetcher, String label) throws IOException {
        Digest digest = start;
        for (int i = 0; i < MOST_INDEXES; i++) {
            byte[] bytes = fetcher.fetch(digest);
            requireDigest(bytes, digest, label);
            JsonNode document = Json.object(bytes, label);
            if (!Manifest.isIndex(document)) {
                return Manifest.read(document, digest, label);
            }
            List<JsonNode> entries = Json.array(document, "manifests", label);
            digest = Platforms.choose(entries, label);
        }
        throw ImageException.malformed(label + " nests more than " + MOST_INDEXES + " indexes");
    }

    static void requireDigest(byte[] bytes, Digest expected, String label) {
        Digest actual = Digest.of(expected.algorithm(), expected.newMessageDigest().digest(bytes));
        if (!actual.equals(expected)) {
            throw new ImageException(
                    ErrorCode.DIGEST_MISMATCH,
                    label + " is damaged: it has the digest " + actual + " instead of " + expected);
        }
    }
}
