package dev.littlecloud.image.source;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Picks what runs here out of an index of several platforms. */
final class Platforms {
    static final String SUPPORTED = "linux/amd64";

    /** Of the variants v1 runs on every machine, so it goes before those that ask for more. */
    private static final List<String> VARIANTS = List.of("", "v1", "v2", "v3");

    private Platforms() {}

    static boolean isSupported(String os, String architecture) {
        return os.equals("linux") && architecture.equals("amd64");
    }

    /**
     * The digest of what to read: the entry for linux/amd64, or else the only entry that does
     * not say for what it is, which the configuration tells then.
     *
     * @throws ImageException WRONG_PLATFORM where all entries are for something else
     */
    static Digest choose(List<JsonNode> entries, String label) {
        List<String> others = new ArrayList<>();
        List<Digest> unnamed = new ArrayList<>();
        @Nullable Digest best = null;
        int bestRank = VARIANTS.size();
        for (JsonNode entry : entries) {
            Digest digest = Json.digest(entry, "digest", label);
            JsonNode platform = Json.objectIn(entry, "platform", label);
            if (platform.isEmpty()) {
                unnamed.add(digest);
                continue;
            }
            String os = Json.text(platform, "os", label);
            String architecture = Json.text(platform, "architecture", label);
            String variant = Json.text(platform, "variant", label);
            if (!isSupported(os, architecture)) {
                // Build attestations are listed as unknown/unknown.
                if (!os.equals("unknown")) {
                    others.add(os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant));
                }
                continue;
            }
            int rank = VARIANTS.indexOf(variant);
            if (rank >= 0 && rank < bestRank) {
                best = digest;
                bestRank = rank;
            }
        }
        if (best != null) {
            return best;
        }
        if (unnamed.size() == 1) {
            return unnamed.getFirst();
        }
        throw new ImageException(
                ErrorCode.WRONG_PLATFORM,
                label
                        + " has no image for "
                        + SUPPORTED
                        + (others.isEmpty() ? "" : ", only for " + String.join(", ", others)));
    }
}
