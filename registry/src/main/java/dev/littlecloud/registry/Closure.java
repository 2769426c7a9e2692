package dev.littlecloud.registry;

import dev.littlecloud.image.Digest;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What manifests need. */
final class Closure {
    private final BlobStore blobs;

    Closure(BlobStore blobs) {
        this.blobs = blobs;
    }

    /**
     * Manifests with all that they need.
     *
     * @param manifests may have other contents among them, such as the configuration that an image's
     *     id names; these need nothing
     */
    Set<Digest> of(Set<Digest> manifests) throws IOException {
        Set<Digest> all = new HashSet<>(manifests);
        Deque<Digest> open = new ArrayDeque<>(manifests);
        while (!open.isEmpty()) {
            Optional<ManifestContent> content = contentIfManifest(open.pop());
            if (content.isEmpty()) {
                continue;
            }
            all.addAll(content.get().blobs());
            for (Digest child : content.get().manifests()) {
                if (all.add(child)) {
                    open.push(child);
                }
            }
        }
        return all;
    }

    /** What a manifest says, where it is here. */
    Optional<ManifestContent> content(Digest manifest) throws IOException {
        return blobs.read(manifest).map(ManifestContent::parse);
    }

    private Optional<ManifestContent> contentIfManifest(Digest digest) throws IOException {
        try {
            return content(digest);
        } catch (RegistryException noManifest) {
            return Optional.empty();
        }
    }
}
