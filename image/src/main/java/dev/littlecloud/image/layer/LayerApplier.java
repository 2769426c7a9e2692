package dev.littlecloud.image.layer;

import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageLimits;
import dev.littlecloud.image.tree.FileType;
import dev.littlecloud.image.tree.MutableNode;
import dev.littlecloud.image.tree.MutableTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Applies the entries of layers to a tree, as the OCI image specification's "Layers" says. */
final class LayerApplier {
    private static final String WHITEOUT = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";

    /** Other names in AUFS' own space, such as .wh..wh.plnk; they mean nothing to anybody else. */
    private static final String AUFS = ".wh..wh.";

    private final MutableTree tree;
    private final BlobWriter blob;
    private final ImageLimits limits;
    private int entries;
    private long metadataBytes;

    LayerApplier(MutableTree tree, BlobWriter blob, ImageLimits limits) {
        this.tree = tree;
        this.blob = blob;
        this.limits = limits;
    }

    void apply(TarReader reader) throws IOException {
        tree.beginLayer();
        for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
            count(entry);
            apply(entry, reader);
        }
    }

    private void apply(TarEntry entry, TarReader reader) throws IOException {
        List<String> path = path(entry.name(), "a layer has a file named");
        String name = path.isEmpty() ? "" : path.getLast();
        if (name.startsWith(WHITEOUT)) {
            List<String> parent = path.subList(0, path.size() - 1);
            if (name.equals(OPAQUE)) {
                tree.removeLowerChildren(parent);
            } else if (!name.startsWith(AUFS)) {
                tree.removeLower(hidden(parent, name.substring(WHITEOUT.length()), entry));
            }
            return;
        }
        if (entry.kind() == TarEntry.Kind.HARD_LINK) {
            tree.link(path, path(entry.linkName(), "a layer has a hard link to"));
            return;
        }
        MutableNode node = node(entry, reader);
        node.setAttributes(
                entry.permissions(),
                entry.uid(),
                entry.gid(),
                entry.mtimeSeconds(),
                entry.mtimeNanos());
        node.setXattrs(entry.xattrs());
        tree.put(path, node);
    }

    private MutableNode node(TarEntry entry, TarReader reader) throws IOException {
        return switch (entry.kind()) {
            case REGULAR -> MutableNode.regular(blob.add(reader, entry));
            case DIRECTORY -> MutableNode.directory();
            case SYMLINK -> MutableNode.symlink(target(entry));
            case CHARACTER_DEVICE -> device(entry, FileType.CHARACTER_DEVICE);
            case BLOCK_DEVICE -> device(entry, FileType.BLOCK_DEVICE);
            case FIFO -> MutableNode.fifo();
            case HARD_LINK -> throw new IllegalStateException("links have no node of their own");
        };
    }

    private static MutableNode device(TarEntry entry, FileType type) {
        return MutableNode.device(type, entry.deviceMajor(), entry.deviceMinor());
    }

    private static String target(TarEntry entry) {
        String target = entry.linkName();
        if (target.isEmpty() || target.length() > ImageLimits.PATH_BYTES) {
            throw ImageException.malformed(
                    "the symbolic link '"
                            + entry.name()
                            + "' has a target of "
                            + target.length()
                            + " bytes");
        }
        return target;
    }

    private static List<String> hidden(List<String> parent, String name, TarEntry entry) {
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw ImageException.malformed("the whiteout '" + entry.name() + "' hides nothing");
        }
        List<String> path = new ArrayList<>(parent);
        path.add(name);
        return path;
    }

    /**
     * The components of a name in the archive. A leading slash means nothing, as to tar(1); ".."
     * takes back the component before it, and a name that leaves the image is an error.
     */
    private static List<String> path(String name, String what) {
        if (name.isEmpty() || name.length() > ImageLimits.PATH_BYTES) {
            throw ImageException.malformed(what + " of " + name.length() + " bytes");
        }
        List<String> path = new ArrayList<>();
        for (String component : MutableTree.components(name)) {
            if (!component.equals("..")) {
                path.add(component);
            } else if (path.isEmpty()) {
                throw ImageException.malformed(
                        what + " '" + name + "', which is outside the image");
            } else {
                path.removeLast();
            }
        }
        return path;
    }

    private void count(TarEntry entry) {
        entries++;
        if (entries > limits.entries()) {
            throw new ImageException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "the image has more than the " + limits.entries() + " entries it may have");
        }
        metadataBytes += entry.name().length() + entry.linkName().length();
        for (Map.Entry<String, byte[]> attribute : entry.xattrs().entrySet()) {
            metadataBytes += attribute.getKey().length() + attribute.getValue().length;
        }
        if (metadataBytes > limits.metadataBytes()) {
            throw new ImageException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "the image's names and attributes have more than the "
                            + limits.metadataBytes()
                            + " bytes they may have");
        }
    }
}
