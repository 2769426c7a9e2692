package dev.littlecloud.image;

import dev.littlecloud.image.ImageReference.DockerArchive;
import dev.littlecloud.image.ImageReference.LocalId;
import dev.littlecloud.image.ImageReference.OciArchive;
import dev.littlecloud.image.ImageReference.OciLayout;
import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.image.registry.Backoff;
import dev.littlecloud.image.registry.HttpRegistryClient;
import dev.littlecloud.image.registry.RegistryClient;
import dev.littlecloud.image.source.ImageSource;
import dev.littlecloud.image.source.RegistrySource;
import dev.littlecloud.image.source.SourceImage;
import dev.littlecloud.image.source.Sources;
import dev.littlecloud.image.store.StoreDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The images of one data directory. Safe for several threads and several processes at once. */
public final class ImageStore {
    private static final int SHORTEST_ID = 4;

    private final StoreDirectory directory;
    private final ImageLimits limits;
    private final Function<RegistryName, RegistryClient> registries;

    private ImageStore(
            StoreDirectory directory,
            ImageLimits limits,
            Function<RegistryName, RegistryClient> registries) {
        this.directory = directory;
        this.limits = limits;
        this.registries = registries;
    }

    /**
     * Opens the store, made where it is missing, and removes what killed processes left.
     *
     * @param dataDirectory see {@link DataDirectory}
     */
    public static ImageStore open(Path dataDirectory) {
        return open(dataDirectory, ImageLimits.DEFAULT);
    }

    public static ImageStore open(Path dataDirectory, ImageLimits limits) {
        return open(dataDirectory, limits, HttpRegistryClient::new);
    }

    /**
     * Opens the store with registries of the caller's choice.
     *
     * @param registries gives a client for the repository of a name
     */
    public static ImageStore open(
            Path dataDirectory,
            ImageLimits limits,
            Function<RegistryName, RegistryClient> registries) {
        return new ImageStore(
                new StoreDirectory(dataDirectory.resolve("images")), limits, registries);
    }

    /**
     * The image that a reference means, fetched and unpacked first where that is needed. An archive
     * or layout that the store already has is not unpacked again.
     *
     * @throws ImageException with any code
     */
    public Image resolve(ImageReference reference, PullPolicy policy, Progress progress) {
        return switch (reference) {
            case RegistryName name -> directory.open(named(name, policy, progress));
            case LocalId id -> directory.open(byPrefix(id.hexPrefix()));
            case DockerArchive archive -> fromFile(archive, archive.file(), progress);
            case OciArchive archive -> fromFile(archive, archive.file(), progress);
            // All else in a layout is found by its digest, so this file stands for all of it.
            case OciLayout layout ->
                    fromFile(layout, layout.directory().resolve("index.json"), progress);
        };
    }

    private Image fromFile(ImageReference reference, Path file, Progress progress) {
        String key = reference.getClass().getSimpleName() + " " + absolute(reference);
        Optional<Digest> seen = directory.findSeen(key, file);
        if (seen.isPresent()) {
            return directory.open(seen.get());
        }
        Optional<String> state = directory.stateOf(file);
        Digest id =
                directory.withScratch(
                        scratch -> {
                            try (ImageSource source = open(reference, scratch, progress)) {
                                SourceImage only = only(source, reference);
                                directory.add(only, only.names(), limits, progress);
                                state.ifPresent(
                                        known ->
                                                directory.remember(
                                                        key,
                                                        known,
                                                        only.id(),
                                                        only.names(),
                                                        scratch));
                                return only.id();
                            }
                        });
        return directory.open(id);
    }

    /** The reference with its path made independent of the current folder. */
    private static String absolute(ImageReference reference) {
        return switch (reference) {
            case DockerArchive archive ->
                    new DockerArchive(archive.file().toAbsolutePath(), archive.name()).toString();
            case OciArchive archive ->
                    new OciArchive(archive.file().toAbsolutePath(), archive.tag()).toString();
            case OciLayout layout ->
                    new OciLayout(layout.directory().toAbsolutePath(), layout.tag()).toString();
            case RegistryName name -> name.canonical();
            case LocalId id -> id.toString();
        };
    }

    private static SourceImage only(ImageSource source, ImageReference reference) {
        if (source.images().size() > 1) {
            throw new ImageException(
                    ErrorCode.AMBIGUOUS,
                    reference + " has several images; add :NAME, or load it and run one by name");
        }
        return source.images().getFirst();
    }

    /**
     * Puts the images of an archive or layout into the store, under the names they have there, and
     * gives their ids.
     */
    public List<Digest> load(ImageReference reference, Progress progress) {
        return directory.withScratch(
                scratch -> {
                    try (ImageSource source = open(reference, scratch, progress)) {
                        return addAll(source, progress);
                    }
                });
    }

    private ImageSource open(ImageReference reference, Path scratch, Progress progress) {
        return switch (reference) {
            case DockerArchive archive -> Sources.open(archive, scratch, limits, progress);
            case OciLayout layout -> Sources.open(layout);
            case OciArchive archive -> Sources.open(archive, scratch, limits, progress);
            case RegistryName name -> throw noFile(name);
            case LocalId id -> throw noFile(id);
        };
    }

    /** All images, the newest first. */
    public List<ImageSummary> list() {
        return directory.list().stream()
                .sorted(
                        Comparator.comparing(ImageSummary::created)
                                .reversed()
                                .thenComparing(summary -> summary.id().hex()))
                .toList();
    }

    /**
     * The image of a name or of an id or its beginning, as people type them.
     *
     * @throws ImageException NOT_FOUND or AMBIGUOUS
     */
    public Image inspect(String nameOrId) {
        return directory.open(find(nameOrId));
    }

    /**
     * Removes a name, and the image with its last name; or, by id, an image with its one name.
     *
     * @throws ImageException NOT_FOUND, or AMBIGUOUS for an id whose image has several names
     */
    public void remove(String nameOrId) {
        Optional<RegistryName> name = asName(nameOrId);
        if (name.isPresent() && directory.removeName(name.get())) {
            return;
        }
        Digest id = find(nameOrId);
        List<String> names =
                directory.list().stream()
                        .filter(summary -> summary.id().equals(id))
                        .flatMap(summary -> summary.names().stream())
                        .map(RegistryName::familiar)
                        .toList();
        if (names.size() > 1) {
            throw new ImageException(
                    ErrorCode.AMBIGUOUS,
                    "the image "
                            + id.shortHex()
                            + " has several names; remove these: "
                            + String.join(" ", names));
        }
        directory.remove(id);
    }

    private Digest find(String nameOrId) {
        Optional<Digest> named = asName(nameOrId).flatMap(directory::find);
        if (named.isPresent()) {
            return named.get();
        }
        String hex = nameOrId.startsWith("sha256:") ? nameOrId.substring(7) : nameOrId;
        if (hex.length() >= SHORTEST_ID && Digest.isLowerCaseHex(hex)) {
            return byPrefix(hex);
        }
        throw notInStore(nameOrId);
    }

    private Digest named(RegistryName name, PullPolicy policy, Progress progress) {
        Optional<Digest> known =
                policy == PullPolicy.ALWAYS
                        ? Optional.empty()
                        : directory.find(name).or(() -> byBareId(name));
        return known.orElseGet(
                () -> {
                    if (policy == PullPolicy.NEVER) {
                        throw notInStore(name.familiar());
                    }
                    return pull(name, progress);
                });
    }

    private Digest pull(RegistryName name, Progress progress) {
        return directory.withScratch(
                scratch -> {
                    try (ImageSource source =
                            new RegistrySource(
                                    registries.apply(name),
                                    name,
                                    directory.layers(),
                                    scratch,
                                    limits,
                                    Backoff.REAL,
                                    progress)) {
                        return addAll(source, progress).getFirst();
                    }
                });
    }

    private List<Digest> addAll(ImageSource source, Progress progress) {
        List<Digest> ids = new ArrayList<>();
        for (SourceImage image : source.images()) {
            directory.add(image, image.names(), limits, progress);
            ids.add(image.id());
        }
        return ids;
    }

    /** What looks like a short name may be the digits of an id, as {@code image ls} shows them. */
    private Optional<Digest> byBareId(RegistryName name) {
        String latest = ":latest";
        String familiar = name.familiar();
        if (!familiar.endsWith(latest)) {
            return Optional.empty();
        }
        String hex = familiar.substring(0, familiar.length() - latest.length());
        return hex.length() >= SHORTEST_ID
                        && Digest.isLowerCaseHex(hex)
                        && !directory.findByPrefix(hex).isEmpty()
                ? Optional.of(byPrefix(hex))
                : Optional.empty();
    }

    private Digest byPrefix(String hex) {
        List<Digest> found = directory.findByPrefix(hex);
        if (found.isEmpty()) {
            throw notInStore(hex);
        }
        if (found.size() > 1) {
            throw new ImageException(
                    ErrorCode.AMBIGUOUS, "several images have an id that begins with " + hex);
        }
        return found.getFirst();
    }

    private static Optional<RegistryName> asName(String text) {
        try {
            return ImageReference.parse(text) instanceof RegistryName name
                    ? Optional.of(name)
                    : Optional.empty();
        } catch (ImageException e) {
            return Optional.empty();
        }
    }

    private static ImageException notInStore(String what) {
        return new ImageException(
                ErrorCode.NOT_FOUND,
                "there is no image '" + what + "' in the store; see 'littlecloud image ls'");
    }

    private static ImageException noFile(ImageReference reference) {
        return new ImageException(
                ErrorCode.INVALID_REFERENCE,
                "'"
                        + reference
                        + "' is no file; load takes docker-archive:FILE, oci:DIR or"
                        + " oci-archive:FILE");
    }
}
