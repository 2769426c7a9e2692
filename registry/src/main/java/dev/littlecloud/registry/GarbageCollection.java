package dev.littlecloud.registry;

import dev.littlecloud.image.Digest;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;

/**
 * One search for garbage. A manifest is garbage when it had a tag, has none now, and no index,
 * subject or deployed revision keeps it, for a while; one that was only ever pushed by its digest
 * stays until it is deleted. A content is garbage when no manifest that stays needs it.
 *
 * <p>Pushes go on meanwhile. They say before they rely on a content that they need it ({@link
 * BlobStore#touch}), so what they rely on is younger than {@code before}, and the age is looked at
 * once more with pushes shut out.
 */
final class GarbageCollection {
    private final Repositories repositories;
    private final BlobStore blobs;
    private final Closure closure;
    private final Lock alone;
    private final Instant before;
    private final Set<Digest> needed = new HashSet<>();

    GarbageCollection(Repositories repositories, BlobStore blobs, Lock alone, Instant before) {
        this.repositories = repositories;
        this.blobs = blobs;
        this.closure = new Closure(blobs);
        this.alone = alone;
        this.before = before;
    }

    Registry.Collected run(Set<Digest> inUse, int uploads) throws IOException {
        needed.addAll(closure.of(inUse));
        int manifests = 0;
        for (String name : repositories.names()) {
            manifests += keepNeeded(name, inUse);
        }
        int contents = 0;
        long bytes = 0;
        for (Digest digest : blobs.unnamedSince(before)) {
            if (!needed.contains(digest)) {
                long freed = removeAlone(digest);
                contents += freed > 0 ? 1 : 0;
                bytes += freed;
            }
        }
        for (String name : repositories.names()) {
            dropEmptyLinks(name);
        }
        return new Registry.Collected(manifests, contents, bytes, uploads);
    }

    /** Marks what stays in a repository, and removes the manifests that do not. */
    private int keepNeeded(String name, Set<Digest> inUse) throws IOException {
        Set<Digest> kept = new HashSet<>();
        for (String tag : repositories.tags(name)) {
            repositories.tagged(name, tag).ifPresent(kept::add);
        }
        for (Digest manifest : repositories.manifests(name)) {
            boolean wasTagged =
                    repositories
                            .manifestLink(name, manifest)
                            .filter(Repositories.Link::wasTagged)
                            .isPresent();
            if (!wasTagged || inUse.contains(manifest)) {
                kept.add(manifest);
            }
        }
        Set<Digest> all = closure.of(kept);
        needed.addAll(all);
        int removed = 0;
        for (Digest manifest : repositories.manifests(name)) {
            if (!all.contains(manifest) && !isKeptBySubject(manifest, all)) {
                removed += removeManifestAlone(name, manifest) ? 1 : 0;
            }
        }
        return removed;
    }

    private boolean isKeptBySubject(Digest manifest, Set<Digest> kept) throws IOException {
        Optional<Digest> subject = closure.content(manifest).flatMap(ManifestContent::subject);
        if (subject.filter(kept::contains).isEmpty()) {
            return false;
        }
        Set<Digest> its = closure.of(Set.of(manifest));
        needed.addAll(its);
        kept.addAll(its);
        return true;
    }

    private boolean removeManifestAlone(String name, Digest manifest) throws IOException {
        alone.lock();
        try {
            if (isNeededAfterAll(name, manifest)) {
                needed.addAll(closure.of(Set.of(manifest)));
                return false;
            }
            Optional<Digest> subject = closure.content(manifest).flatMap(ManifestContent::subject);
            if (subject.isPresent()) {
                repositories.removeReferrer(name, subject.get(), manifest);
            }
            return repositories.removeManifest(name, manifest);
        } finally {
            alone.unlock();
        }
    }

    private boolean isNeededAfterAll(String name, Digest manifest) throws IOException {
        if (!blobs.isUnnamedSince(manifest, before)) {
            return true;
        }
        for (String tag : repositories.tags(name)) {
            if (repositories.tagged(name, tag).filter(manifest::equals).isPresent()) {
                return true;
            }
        }
        return false;
    }

    private long removeAlone(Digest digest) throws IOException {
        alone.lock();
        try {
            return blobs.remove(digest, before);
        } finally {
            alone.unlock();
        }
    }

    /** A repository has no blob whose content is gone. */
    private void dropEmptyLinks(String name) throws IOException {
        for (Digest blob : repositories.blobs(name)) {
            if (!blobs.has(blob)) {
                alone.lock();
                try {
                    if (!blobs.has(blob)) {
                        repositories.removeBlob(name, blob);
                    }
                } finally {
                    alone.unlock();
                }
            }
        }
    }
}
