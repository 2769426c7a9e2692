package dev.littlecloud.image.store;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.Image;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageLimits;
import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.image.ImageSummary;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.layer.Flattener;
import dev.littlecloud.image.layer.LayerCache;
import dev.littlecloud.image.source.SourceImage;
import dev.littlecloud.image.tree.ImageTree;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The images on disk and their names; what {@link dev.littlecloud.image.ImageStore} works with. */
public final class StoreDirectory {
    private static final String CONFIG = "config.json";
    private static final String INFO = "info";

    private final Path trees;
    private final Path temporary;
    private final StoreLocks locks;
    private final NameTable names;
    private final LayerCache layers;
    private final SeenFiles seenFiles;

    public StoreDirectory(Path root) {
        try {
            makePrivate(root);
            this.trees = Files.createDirectories(root.resolve("trees-1"));
            this.temporary = Files.createDirectories(root.resolve("tmp"));
            this.locks = new StoreLocks(root.resolve("locks"));
            this.names = new NameTable(root.resolve("names"));
            this.layers = new LayerCache(root.resolve("blobs"));
            this.seenFiles = new SeenFiles(root.resolve("seen"));
            try (StoreLocks.Held held = locks.store()) {
                Workspace.removeLeft(temporary);
            }
        } catch (IOException e) {
            throw ImageException.io("opening the image store in " + root, e);
        }
    }

    /** Images may hold secrets, and other users of this machine are not asked for. */
    private static void makePrivate(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            Files.createDirectories(root.toAbsolutePath().getParent());
            try {
                Files.createDirectory(
                        root,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                // Another process was faster.
            }
        }
    }

    /** Does something that needs a folder for temporary files. */
    public <T> T withScratch(Function<Path, T> work) {
        try (Workspace workspace = workspace()) {
            return work.apply(workspace.directory());
        }
    }

    private Workspace workspace() {
        try (StoreLocks.Held held = locks.store()) {
            return Workspace.create(temporary);
        } catch (IOException e) {
            throw ImageException.io("making a temporary folder in " + temporary, e);
        }
    }

    /**
     * The image of a file that was read before and is still the same, if the image is still here
     * under the names it came with.
     *
     * @param reference names the file and what of it is meant
     */
    public Optional<Digest> findSeen(String reference, Path file) {
        try {
            Optional<SeenFiles.Seen> seen = seenFiles.find(reference, file);
            if (seen.isEmpty() || !has(seen.get().id())) {
                return Optional.empty();
            }
            Digest id = seen.get().id();
            for (RegistryName name : seen.get().names()) {
                if (!names.find(name).filter(id::equals).isPresent()) {
                    return Optional.empty();
                }
            }
            return Optional.of(id);
        } catch (IOException e) {
            throw ImageException.io("looking up " + file, e);
        }
    }

    /** What {@link #remember} wants to know from before the file is read. */
    public Optional<String> stateOf(Path file) {
        try {
            return seenFiles.state(file);
        } catch (IOException e) {
            throw ImageException.io("looking at " + file, e);
        }
    }

    /** Keeps in mind which image a file holds. */
    public void remember(
            String reference, String state, Digest id, List<RegistryName> itsNames, Path scratch) {
        try {
            seenFiles.put(reference, state, new SeenFiles.Seen(id, itsNames), scratch);
        } catch (IOException e) {
            throw ImageException.io("storing the image", e);
        }
    }

    public LayerCache layers() {
        return layers;
    }

    public boolean has(Digest id) {
        return Files.isDirectory(trees.resolve(id.hex()));
    }

    /** Unpacks an image unless it is here, and gives it the names. */
    public void add(
            SourceImage source,
            List<RegistryName> newNames,
            ImageLimits limits,
            Progress progress) {
        try (Workspace workspace = workspace()) {
            while (!nameIfPresent(source.id(), newNames, workspace.directory())) {
                try (StoreLocks.Held held = locks.image(source.id())) {
                    if (!has(source.id())) {
                        unpack(source, workspace.directory(), limits, progress);
                    }
                }
            }
        } catch (IOException e) {
            throw ImageException.io("storing the image", e);
        }
    }

    /** Between unpacking and naming somebody may have removed the image; then it is not here. */
    private boolean nameIfPresent(Digest id, List<RegistryName> newNames, Path scratch)
            throws IOException {
        try (StoreLocks.Held held = locks.store()) {
            if (!has(id)) {
                return false;
            }
            for (RegistryName name : newNames) {
                names.put(name, id, scratch);
            }
            return true;
        }
    }

    private void unpack(SourceImage source, Path scratch, ImageLimits limits, Progress progress)
            throws IOException {
        Path made = Files.createDirectory(scratch.resolve("tree"));
        Flattener.flatten(source.layers(), made, limits, progress);
        List<Digest> layerDigests = new ArrayList<>();
        source.layers().forEach(layer -> layer.digest().ifPresent(layerDigests::add));
        ImageInfo info = new ImageInfo(source.config(), source.manifest(), layerDigests);
        Disk.write(made.resolve(INFO), InfoCodec.encode(info));
        Disk.write(made.resolve(CONFIG), source.configJson());
        Disk.syncDirectory(made);
        try (StoreLocks.Held held = locks.store()) {
            Disk.publish(made, trees.resolve(source.id().hex()));
        }
    }

    public Optional<Digest> find(RegistryName name) {
        try {
            return names.find(name).filter(this::has);
        } catch (IOException e) {
            throw ImageException.io("looking up " + name, e);
        }
    }

    /** The images whose id begins with these digits. */
    public List<Digest> findByPrefix(String hexPrefix) {
        return ids().stream().filter(id -> id.hex().startsWith(hexPrefix)).toList();
    }

    public Image open(Digest id) {
        Path directory = trees.resolve(id.hex());
        ImageInfo info = info(id);
        ImageTree tree =
                ImageTree.open(
                        directory.resolve(Flattener.INDEX), directory.resolve(Flattener.BLOB));
        return new Image(id, info.manifest(), info.config(), tree, directory.resolve(CONFIG));
    }

    private ImageInfo info(Digest id) {
        Path file = trees.resolve(id.hex()).resolve(INFO);
        try {
            return InfoCodec.decode(Files.readAllBytes(file), file);
        } catch (NoSuchFileException e) {
            throw new ImageException(
                    ErrorCode.NOT_FOUND, "the image " + id + " is not in the store any more", e);
        } catch (IOException e) {
            throw ImageException.io("reading " + file, e);
        }
    }

    public List<ImageSummary> list() {
        Map<RegistryName, Digest> all = names();
        List<ImageSummary> summaries = new ArrayList<>();
        for (Digest id : ids()) {
            List<RegistryName> own =
                    all.keySet().stream().filter(name -> id.equals(all.get(name))).toList();
            try {
                long size = Files.size(trees.resolve(id.hex()).resolve(Flattener.BLOB));
                summaries.add(new ImageSummary(id, own, size, info(id).config().created()));
            } catch (NoSuchFileException e) {
                // Removed since the folder was listed.
            } catch (IOException e) {
                throw ImageException.io("reading the image " + id, e);
            }
        }
        return summaries;
    }

    private Map<RegistryName, Digest> names() {
        try {
            return names.all();
        } catch (IOException e) {
            throw ImageException.io("reading the names of the images", e);
        }
    }

    private List<Digest> ids() {
        List<Digest> ids = new ArrayList<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(trees)) {
            for (Path directory : directories) {
                Digest.tryParse("sha256:" + directory.getFileName()).ifPresent(ids::add);
            }
        } catch (IOException e) {
            throw ImageException.io("reading the image store", e);
        }
        return ids;
    }

    /** Takes a name away; the image goes with its last one. Says whether there was such a name. */
    public boolean removeName(RegistryName name) {
        try (Workspace workspace = workspace();
                StoreLocks.Held held = locks.store()) {
            Optional<Digest> id = names.find(name);
            if (id.isEmpty()) {
                return false;
            }
            names.remove(name);
            if (!names.all().containsValue(id.get())) {
                removeTree(id.get(), workspace.directory());
            }
            return true;
        } catch (IOException e) {
            throw ImageException.io("removing " + name, e);
        }
    }

    /** Removes an image and all its names. */
    public void remove(Digest id) {
        try (Workspace workspace = workspace();
                StoreLocks.Held held = locks.store()) {
            for (Map.Entry<RegistryName, Digest> name : names.all().entrySet()) {
                if (name.getValue().equals(id)) {
                    names.remove(name.getKey());
                }
            }
            removeTree(id, workspace.directory());
        } catch (IOException e) {
            throw ImageException.io("removing the image " + id, e);
        }
    }

    /** An instance that runs from the image keeps its open files; the disk is freed after it. */
    private void removeTree(Digest id, Path scratch) throws IOException {
        Path tree = trees.resolve(id.hex());
        if (!Files.isDirectory(tree)) {
            return;
        }
        Disk.publish(tree, scratch.resolve("removed-" + id.hex()));
        Disk.syncDirectory(trees);
        layers.retain(layersInUse());
    }

    private List<Digest> layersInUse() {
        List<Digest> inUse = new ArrayList<>();
        for (Digest id : ids()) {
            try {
                inUse.addAll(info(id).layers());
            } catch (ImageException e) {
                // A damaged description hides which layers it means; pulling gets them again.
                continue;
            }
        }
        return inUse;
    }
}
