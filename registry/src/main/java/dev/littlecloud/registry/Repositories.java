package dev.littlecloud.registry;

import dev.littlecloud.image.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which blobs, manifests and tags belong to which repository. Names given were checked. */
final class Repositories {
    private static final String BLOBS = "_blobs";
    private static final String MANIFESTS = "_manifests";
    private static final String TAGS = "_tags";
    private static final String REFERRERS = "_referrers";

    private final Path root;
    private final StoreFiles files;

    Repositories(Path root, StoreFiles files) throws IOException {
        this.root = Files.createDirectories(root);
        this.files = files;
    }

    /**
     * A manifest of a repository.
     *
     * @param wasTagged whether a tag named it once: then it is garbage when none does any more
     */
    record Link(String mediaType, boolean wasTagged) {
        private static final String TAGGED = "tagged";

        static Link parse(String text) {
            List<String> lines = text.lines().toList();
            return new Link(
                    lines.isEmpty() ? "" : lines.get(0),
                    lines.size() > 1 && lines.get(1).equals(TAGGED));
        }

        String text() {
            return mediaType + "\n" + (wasTagged ? TAGGED + "\n" : "");
        }
    }

    private Path blob(String name, Digest digest) {
        return root.resolve(name).resolve(BLOBS).resolve(Names.fileName(digest));
    }

    private Path manifest(String name, Digest digest) {
        return root.resolve(name).resolve(MANIFESTS).resolve(Names.fileName(digest));
    }

    private Path tag(String name, String tag) {
        return root.resolve(name).resolve(TAGS).resolve(tag);
    }

    private Path referrers(String name, Digest subject) {
        return root.resolve(name).resolve(REFERRERS).resolve(Names.fileName(subject));
    }

    /** Whether anything was ever pushed to it. */
    boolean exists(String name) {
        Path directory = root.resolve(name);
        return Files.isDirectory(directory.resolve(BLOBS))
                || Files.isDirectory(directory.resolve(MANIFESTS));
    }

    /** All repositories, in order. */
    List<String> names() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> path.endsWith(MANIFESTS))
                    .map(path -> root.relativize(path.getParent()).toString())
                    .sorted()
                    .toList();
        }
    }

    boolean hasBlob(String name, Digest digest) {
        return Files.exists(blob(name, digest));
    }

    void addBlob(String name, Digest digest) throws IOException {
        files.mark(blob(name, digest));
    }

    boolean removeBlob(String name, Digest digest) throws IOException {
        return StoreFiles.remove(blob(name, digest));
    }

    List<Digest> blobs(String name) throws IOException {
        return digests(root.resolve(name).resolve(BLOBS));
    }

    Optional<Link> manifestLink(String name, Digest digest) throws IOException {
        return StoreFiles.read(manifest(name, digest)).map(Link::parse);
    }

    void putManifest(String name, Digest digest, Link link) throws IOException {
        files.write(manifest(name, digest), link.text());
    }

    boolean removeManifest(String name, Digest digest) throws IOException {
        return StoreFiles.remove(manifest(name, digest));
    }

    List<Digest> manifests(String name) throws IOException {
        return digests(root.resolve(name).resolve(MANIFESTS));
    }

    private static List<Digest> digests(Path folder) throws IOException {
        List<Digest> digests = new ArrayList<>();
        for (String file : StoreFiles.list(folder)) {
            Names.fromFileName(file).ifPresent(digests::add);
        }
        return digests;
    }

    Optional<Digest> tagged(String name, String tag) throws IOException {
        return StoreFiles.read(tag(name, tag)).flatMap(text -> Digest.tryParse(text.strip()));
    }

    void putTag(String name, String tag, Digest digest) throws IOException {
        files.write(tag(name, tag), digest + "\n");
    }

    boolean removeTag(String name, String tag) throws IOException {
        return StoreFiles.remove(tag(name, tag));
    }

    /** The tags, in order. */
    List<String> tags(String name) throws IOException {
        return StoreFiles.list(root.resolve(name).resolve(TAGS));
    }

    void addReferrer(String name, Digest subject, Digest digest, byte[] descriptor)
            throws IOException {
        files.write(referrers(name, subject).resolve(Names.fileName(digest)), descriptor);
    }

    void removeReferrer(String name, Digest subject, Digest digest) throws IOException {
        StoreFiles.remove(referrers(name, subject).resolve(Names.fileName(digest)));
    }

    /** Descriptors of the manifests whose subject this is, JSON each. */
    List<byte[]> referrersOf(String name, Digest subject) throws IOException {
        Path folder = referrers(name, subject);
        List<byte[]> descriptors = new ArrayList<>();
        for (String file : StoreFiles.list(folder)) {
            StoreFiles.read(folder.resolve(file))
                    .ifPresent(text -> descriptors.add(text.getBytes(StandardCharsets.UTF_8)));
        }
        return descriptors;
    }
}
