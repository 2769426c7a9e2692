package dev.littlecloud.registry;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** The images pushed to this machine. */
public final class Registry {
    private static final Comparator<String> LEXICAL =
            String.CASE_INSENSITIVE_ORDER.thenComparing(Comparator.naturalOrder());

    private final BlobStore blobs;
    private final Repositories repositories;
    private final Uploads uploads;
    private volatile Supplier<Set<Digest>> inUse = Set::of;

    /** Shared while something is made to refer to a content; alone while contents are removed. */
    private final ReentrantReadWriteLock references = new ReentrantReadWriteLock();

    private Registry(Path root, ImageLimits limits) throws IOException {
        StoreFiles files = new StoreFiles(root.resolve("tmp"));
        blobs = new BlobStore(root.resolve("blobs"), files);
        repositories = new Repositories(root.resolve("repositories"), files);
        uploads = new Uploads(root.resolve("uploads"), limits.imageBytes());
    }

    /** Opens the registry of a data directory, made where it is missing. */
    public static Registry open(Path dataDirectory) {
        return open(dataDirectory, ImageLimits.DEFAULT);
    }

    static Registry open(Path dataDirectory, ImageLimits limits) {
        try {
            return new Registry(dataDirectory.resolve("registry"), limits);
        } catch (IOException e) {
            throw ImageException.io("opening the registry in " + dataDirectory, e);
        }
    }

    /**
     * A manifest as it was pushed.
     *
     * @param mediaType as it was pushed with
     */
    public record Manifest(Digest digest, String mediaType, byte[] bytes) {}

    /**
     * What {@link #putManifest} did.
     *
     * @param subject the manifest it refers to, if it does
     */
    record Pushed(Digest digest, Optional<Digest> subject) {}

    BlobStore blobs() {
        return blobs;
    }

    /** The blob of a repository, or BLOB_UNKNOWN; it will not be garbage for a while. */
    Path blob(String name, Digest digest) throws IOException {
        references.readLock().lock();
        try {
            if (repositories.hasBlob(name, digest) && blobs.touch(digest)) {
                return blobs.file(digest);
            }
        } finally {
            references.readLock().unlock();
        }
        throw blobUnknown(name, digest);
    }

    /**
     * Says which manifests deployed revisions use. Who deletes one of these takes its tags away; it
     * stays with all it needs until garbage is collected that no revision uses.
     */
    public void inUse(Supplier<Set<Digest>> manifests) {
        inUse = manifests;
    }

    private boolean isInUse(Digest digest) throws IOException {
        return new Closure(blobs).of(inUse.get()).contains(digest);
    }

    private static RegistryException blobUnknown(String name, Digest digest) {
        return new RegistryException(
                RegistryErrorCode.BLOB_UNKNOWN, name + " has no blob " + digest);
    }

    void removeBlob(String name, Digest digest) throws IOException {
        if (isInUse(digest) && repositories.hasBlob(name, digest)) {
            return;
        }
        if (!repositories.removeBlob(name, digest)) {
            throw blobUnknown(name, digest);
        }
    }

    /** Gives a repository a blob that another one has; false where that does not. */
    boolean mount(String name, Digest digest, String from) throws IOException {
        references.readLock().lock();
        try {
            if (!repositories.hasBlob(from, digest) || !blobs.touch(digest)) {
                return false;
            }
            repositories.addBlob(name, digest);
            return true;
        } finally {
            references.readLock().unlock();
        }
    }

    Upload startUpload(String name) throws IOException {
        return uploads.start(name);
    }

    Upload upload(String name, String id) throws IOException {
        return uploads.find(name, id);
    }

    void cancel(Upload upload) throws IOException {
        upload.cancel();
        uploads.forget(upload);
    }

    /** Makes an upload a blob of the repository, or fails with DIGEST_INVALID. */
    void finish(String name, Upload upload, Digest digest) throws IOException {
        try {
            upload.finish(
                    digest,
                    complete -> {
                        references.readLock().lock();
                        try {
                            blobs.publish(complete, digest);
                            repositories.addBlob(name, digest);
                        } finally {
                            references.readLock().unlock();
                        }
                    });
        } finally {
            uploads.forget(upload);
        }
    }

    /** The manifest of a tag or digest, if the repository has it. */
    public Optional<Manifest> manifest(String name, String reference) throws IOException {
        Optional<Digest> digest =
                Names.isTag(reference)
                        ? repositories.tagged(name, reference)
                        : Optional.of(Names.digest(reference));
        if (digest.isEmpty()) {
            return Optional.empty();
        }
        Optional<Repositories.Link> link = repositories.manifestLink(name, digest.get());
        Optional<byte[]> bytes = link.isPresent() ? blobs.read(digest.get()) : Optional.empty();
        return bytes.map(found -> new Manifest(digest.get(), link.get().mediaType(), found));
    }

    Pushed putManifest(String name, String reference, String mediaType, byte[] bytes)
            throws IOException {
        boolean isTag = Names.isTag(reference);
        Digest digest = isTag ? Digest.sha256(bytes) : Names.digest(reference);
        if (!isTag) {
            Digest actual = Digest.of(digest.algorithm(), digest.newMessageDigest().digest(bytes));
            if (!actual.equals(digest)) {
                throw new RegistryException(
                        RegistryErrorCode.DIGEST_INVALID,
                        "the manifest has the digest " + actual + ", not " + digest);
            }
        }
        ManifestContent content = ManifestContent.parse(bytes);
        if (!content.mediaType().isEmpty() && !content.mediaType().equals(mediaType)) {
            throw new RegistryException(
                    RegistryErrorCode.MANIFEST_INVALID,
                    "the manifest says to be "
                            + content.mediaType()
                            + " and was sent as "
                            + mediaType);
        }
        references.readLock().lock();
        try {
            requireContents(name, content);
            blobs.put(digest, bytes);
            boolean wasTagged =
                    repositories
                            .manifestLink(name, digest)
                            .filter(Repositories.Link::wasTagged)
                            .isPresent();
            repositories.putManifest(
                    name, digest, new Repositories.Link(mediaType, isTag || wasTagged));
            if (content.subject().isPresent()) {
                repositories.addReferrer(
                        name,
                        content.subject().get(),
                        digest,
                        content.descriptor(mediaType, digest, bytes.length));
            }
            if (isTag) {
                repositories.putTag(name, reference, digest);
            }
        } finally {
            references.readLock().unlock();
        }
        return new Pushed(digest, content.subject());
    }

    /** What a manifest needs is here before it is, and is not garbage from now on. */
    private void requireContents(String name, ManifestContent content) throws IOException {
        for (Digest blob : content.blobs()) {
            if (!repositories.hasBlob(name, blob) || !blobs.touch(blob)) {
                throw new RegistryException(
                        RegistryErrorCode.MANIFEST_BLOB_UNKNOWN,
                        "the manifest needs the blob " + blob + ", which " + name + " has not");
            }
        }
        for (Digest child : content.manifests()) {
            if (repositories.manifestLink(name, child).isEmpty() || !blobs.touch(child)) {
                throw new RegistryException(
                        RegistryErrorCode.MANIFEST_BLOB_UNKNOWN,
                        "the index needs the manifest " + child + ", which " + name + " has not");
            }
        }
    }

    /** Removes a tag, or a manifest with all of its tags: one that is in use later. */
    public void removeManifest(String name, String reference) throws IOException {
        if (Names.isTag(reference)) {
            if (!repositories.removeTag(name, reference)) {
                throw manifestUnknown(name, reference);
            }
            return;
        }
        Digest digest = Names.digest(reference);
        Optional<Manifest> manifest = manifest(name, reference);
        if (manifest.isEmpty()) {
            throw manifestUnknown(name, reference);
        }
        for (String tag : repositories.tags(name)) {
            if (repositories.tagged(name, tag).filter(digest::equals).isPresent()) {
                repositories.removeTag(name, tag);
            }
        }
        if (isInUse(digest)) {
            repositories.putManifest(
                    name, digest, new Repositories.Link(manifest.get().mediaType(), true));
            return;
        }
        Optional<Digest> subject = ManifestContent.parse(manifest.get().bytes()).subject();
        if (subject.isPresent()) {
            repositories.removeReferrer(name, subject.get(), digest);
        }
        repositories.removeManifest(name, digest);
    }

    static RegistryException manifestUnknown(String name, String reference) {
        return new RegistryException(
                RegistryErrorCode.MANIFEST_UNKNOWN, name + " has no manifest " + reference);
    }

    /** Descriptors of the manifests about a manifest, which itself need not be here. */
    List<byte[]> referrers(String name, Digest subject) throws IOException {
        return repositories.referrersOf(name, subject);
    }

    /** The tags of a repository, in the specification's order; NAME_UNKNOWN where it is none. */
    public List<String> tags(String name) throws IOException {
        if (!repositories.exists(name)) {
            throw new RegistryException(
                    RegistryErrorCode.NAME_UNKNOWN, "there is no repository " + name);
        }
        List<String> tags = new ArrayList<>(repositories.tags(name));
        tags.sort(LEXICAL);
        return tags;
    }

    /** The part of a list behind {@code last}. */
    static List<String> after(List<String> names, String last) {
        return names.stream().filter(name -> LEXICAL.compare(name, last) > 0).toList();
    }

    public List<String> repositories() throws IOException {
        return repositories.names();
    }

    /**
     * What {@link #collectGarbage} removed.
     *
     * @param manifests that had lost their tags
     * @param contents blobs and manifests nothing refers to
     * @param bytes freed
     * @param uploads nobody went on with
     */
    public record Collected(int manifests, int contents, long bytes, int uploads) {}

    /**
     * Removes what nothing refers to and nobody named for a while.
     *
     * @param inUse manifests of deployed revisions, which stay with all they need
     * @param grace how long a content may be without a manifest, and an upload without a byte
     */
    public Collected collectGarbage(Set<Digest> inUse, Duration grace) {
        Instant before = Instant.now().minus(grace);
        try {
            return new GarbageCollection(repositories, blobs, references.writeLock(), before)
                    .run(inUse, uploads.removeOlder(before));
        } catch (IOException e) {
            throw ImageException.io("collecting garbage in the registry", e);
        }
    }
}
