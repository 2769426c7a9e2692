package dev.littlecloud.image.testing;

import dev.littlecloud.image.ImageLimits;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.layer.Flattener;
import dev.littlecloud.image.layer.LayerSource;
import dev.littlecloud.image.tree.ImageNode;
import dev.littlecloud.image.tree.ImageTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Flattens layers and looks into the result. */
public final class Trees {
    private Trees() {}

    public static ImageTree flatten(Path directory, byte[]... layerTars) {
        return flatten(
                directory,
                ImageLimits.DEFAULT,
                Stream.of(layerTars).map(TestImages::layer).toList());
    }

    public static ImageTree flatten(Path directory, ImageLimits limits, List<LayerSource> layers) {
        Path target;
        try {
            target = Files.createTempDirectory(directory, "tree");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Flattener.flatten(layers, target, limits, Progress.NONE);
        return ImageTree.open(target.resolve(Flattener.INDEX), target.resolve(Flattener.BLOB));
    }

    /** The node at a path, links not followed. */
    public static @Nullable ImageNode find(ImageTree tree, String path) {
        ImageNode node = tree.root();
        for (String name : path.split("/")) {
            if (!(node instanceof ImageNode.Directory directory)) {
                return null;
            }
            node = directory.child(name);
        }
        return node;
    }

    public static ImageNode get(ImageTree tree, String path) {
        ImageNode node = find(tree, path);
        if (node == null) {
            throw new AssertionError("there is no " + path + " in " + paths(tree).keySet());
        }
        return node;
    }

    /** Contents of a regular file. */
    public static byte[] bytes(ImageTree tree, String path) {
        ImageNode.RegularFile file = (ImageNode.RegularFile) get(tree, path);
        ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(file.size()));
        try (FileChannel blob = FileChannel.open(tree.blob())) {
            while (buffer.hasRemaining()
                    && blob.read(buffer, file.blobOffset() + buffer.position()) >= 0) {
                // a read may return less than asked for
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return buffer.array();
    }

    public static String text(ImageTree tree, String path) {
        return new String(bytes(tree, path), StandardCharsets.UTF_8);
    }

    /** Everything below the root by its path. */
    public static Map<String, ImageNode> paths(ImageTree tree) {
        Map<String, ImageNode> paths = new TreeMap<>();
        collect(tree.root(), "", paths);
        return paths;
    }

    private static void collect(
            ImageNode.Directory directory, String prefix, Map<String, ImageNode> paths) {
        for (int i = 0; i < directory.childCount(); i++) {
            String path = prefix + directory.childName(i);
            ImageNode child = directory.child(i);
            paths.put(path, child);
            if (child instanceof ImageNode.Directory below) {
                collect(below, path + "/", paths);
            }
        }
    }
}
