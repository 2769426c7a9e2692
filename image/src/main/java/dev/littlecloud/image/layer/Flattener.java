package dev.littlecloud.image.layer;

import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageLimits;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.tree.MutableTree;
import dev.littlecloud.image.tree.TreeIndexWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Makes one tree and one file of contents out of an image's layers. */
public final class Flattener {
    /** Names of the two files in the directory given. */
    public static final String INDEX = "index";

    public static final String BLOB = "blob";

    private Flattener() {}

    /**
     * Applies the layers, lowest first, and writes {@link #INDEX} and {@link #BLOB}, both forced to
     * disk.
     *
     * @param directory exists and is empty; on an error what is in it is worthless
     */
    public static void flatten(
            List<LayerSource> layers, Path directory, ImageLimits limits, Progress progress) {
        try {
            Path blob = directory.resolve(BLOB);
            MutableTree tree = new MutableTree(limits);
            try (BlobWriter writer = new BlobWriter(blob, limits.imageBytes())) {
                LayerApplier applier = new LayerApplier(tree, writer, limits);
                for (LayerSource layer : layers) {
                    apply(layer, applier, limits, progress);
                }
                writer.finish();
            }
            long blobSize = BlobCompactor.compact(tree, blob);
            TreeIndexWriter.write(tree, blobSize, directory.resolve(INDEX));
        } catch (IOException e) {
            throw ImageException.io("unpacking the image", e);
        }
    }

    private static void apply(
            LayerSource layer, LayerApplier applier, ImageLimits limits, Progress progress)
            throws IOException {
        try (Progress.Task task = progress.begin("unpacking " + layer.label(), layer.size());
                LayerStream stream = new LayerStream(layer, limits, task)) {
            applier.apply(new TarReader(stream.tar()));
            stream.finish();
        } catch (ImageException e) {
            if (e.code() == ErrorCode.MALFORMED && !e.getMessage().contains(layer.label())) {
                throw new ImageException(e.code(), layer.label() + ": " + e.getMessage(), e);
            }
            throw e;
        }
    }
}
