package dev.littlecloud.image.tree;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** A file while an image is being put together. Not safe for threads. */
public final class MutableNode {
    final FileType type;
    int permissions;
    int uid;
    int gid;
    long mtimeSeconds;
    int mtimeNanos;
    SortedMap<String, byte[]> xattrs = Collections.emptySortedMap();

    /** Names of this node; the same node under several names is a hard link. */
    int linkCount;

    /** Of a directory: its entries; the layer tells which whiteouts reach them. */
    final @Nullable Map<String, Entry> children;

    /** Of a directory: how deep it is below the root. */
    int depth;

    /** Of a symlink. */
    String target = "";

    /** Of a regular file. */
    @Nullable Content content;

    /** Of a device. */
    int major;

    int minor;

    /**
     * A name in a directory.
     *
     * @param layer the number of the layer that put it there
     */
    record Entry(MutableNode node, int layer) {}

    /**
     * Contents in the blob; several files with the same bytes share one.
     *
     * @param offset in the blob, a multiple of 4096
     * @param size bytes
     */
    public record Content(long offset, long size) {}

    private MutableNode(FileType type) {
        this.type = type;
        this.children = type == FileType.DIRECTORY ? new HashMap<>(4) : null;
    }

    public static MutableNode directory() {
        return new MutableNode(FileType.DIRECTORY);
    }

    public static MutableNode regular(Content content) {
        MutableNode node = new MutableNode(FileType.REGULAR);
        node.content = content;
        return node;
    }

    public static MutableNode symlink(String target) {
        MutableNode node = new MutableNode(FileType.SYMLINK);
        node.target = target;
        return node;
    }

    /**
     * @param type CHARACTER_DEVICE or BLOCK_DEVICE
     */
    public static MutableNode device(FileType type, int major, int minor) {
        MutableNode node = new MutableNode(type);
        node.major = major;
        node.minor = minor;
        return node;
    }

    public static MutableNode fifo() {
        return new MutableNode(FileType.FIFO);
    }

    public void setAttributes(
            int permissions, int uid, int gid, long mtimeSeconds, int mtimeNanos) {
        this.permissions = permissions & FileType.PERMISSIONS;
        this.uid = uid;
        this.gid = gid;
        this.mtimeSeconds = mtimeSeconds;
        this.mtimeNanos = mtimeNanos;
    }

    public void setXattrs(SortedMap<String, byte[]> xattrs) {
        this.xattrs = xattrs;
    }

    /** Where a regular file's contents are. */
    public Content content() {
        if (content == null) {
            throw new IllegalStateException("only a regular file has contents");
        }
        return content;
    }

    public void setContent(Content content) {
        this.content = content;
    }

    public FileType type() {
        return type;
    }

    Map<String, Entry> entries() {
        if (children == null) {
            throw new IllegalStateException("only a directory has entries");
        }
        return children;
    }
}
