package dev.littlecloud.image.tree;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The whole file system of an image. Immutable and safe to share between threads and instances; it
 * holds no file open.
 */
public final class ImageTree {
    private static final VarHandle NODES = MethodHandles.arrayElementVarHandle(ImageNode[].class);

    final TreeLayout layout;
    private final Path blob;

    /** Made when first asked for; published with acquire and release. */
    private final @Nullable ImageNode[] nodes;

    ImageTree(TreeLayout layout, Path blob) {
        this.layout = layout;
        this.blob = blob;
        this.nodes = new @Nullable ImageNode[layout.nodeCount()];
    }

    /**
     * Reads and validates an index.
     *
     * @param index a file that {@link TreeIndexWriter} wrote
     * @param blob the file with the contents, which must be as long as the index says
     * @throws dev.littlecloud.image.ImageException MALFORMED, NOT_FOUND or STORAGE
     */
    public static ImageTree open(Path index, Path blob) {
        return TreeIndexReader.open(index, blob);
    }

    public ImageNode.Directory root() {
        return (ImageNode.Directory) nodeAt(0);
    }

    /** The file that {@link ImageNode.RegularFile#blobOffset} points into. */
    public Path blob() {
        return blob;
    }

    /** Bytes of the blob, a positive multiple of 4096. */
    public long blobSize() {
        return layout.blobSize();
    }

    /** How many nodes there are; their inode numbers are 1 to this. */
    public int nodeCount() {
        return layout.nodeCount();
    }

    /**
     * @param inode 1 to {@link #nodeCount}
     */
    public ImageNode node(int inode) {
        return nodeAt(inode - 1);
    }

    ImageNode nodeAt(int index) {
        ImageNode node = (ImageNode) NODES.getAcquire(nodes, index);
        if (node != null) {
            return node;
        }
        ImageNode made = ImageNode.read(this, index);
        // Of two threads making the same node one wins, so a node keeps its identity.
        ImageNode other = (ImageNode) NODES.compareAndExchange(nodes, index, null, made);
        return other == null ? made : other;
    }
}
