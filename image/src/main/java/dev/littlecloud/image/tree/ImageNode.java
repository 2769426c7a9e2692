package dev.littlecloud.image.tree;

import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A file of an image, in the wide sense of the word. Immutable; made when first asked for, and then
 * always the same object, so two names of one file (hard links) give one node.
 */
public abstract sealed class ImageNode {
    final ImageTree tree;
    private final int index;
    private final int mode;

    private ImageNode(ImageTree tree, int index) {
        this.tree = tree;
        this.index = index;
        this.mode = tree.layout.mode(index);
    }

    static ImageNode read(ImageTree tree, int index) {
        FileType type = FileType.ofMode(tree.layout.mode(index));
        if (type == null) {
            throw new IllegalStateException("the index was validated, so each node has a type");
        }
        return switch (type) {
            case DIRECTORY -> new Directory(tree, index);
            case REGULAR -> new RegularFile(tree, index);
            case SYMLINK -> new Symlink(tree, index);
            case CHARACTER_DEVICE, BLOCK_DEVICE -> new Device(tree, index);
            case FIFO -> new Fifo(tree, index);
        };
    }

    /** The inode number: 1 for the root, the same each time the image is opened. */
    public final int inode() {
        return index + 1;
    }

    /** {@code st_mode}: type and permissions. */
    public final int mode() {
        return mode;
    }

    /** The permissions with set-user-id, set-group-id and sticky bits, 07777. */
    public final int permissions() {
        return mode & FileType.PERMISSIONS;
    }

    /** The owner, an unsigned 32-bit number. */
    public final int uid() {
        return tree.layout.uid(index);
    }

    /** The group, an unsigned 32-bit number. */
    public final int gid() {
        return tree.layout.gid(index);
    }

    /** Seconds since the epoch, negative before it. */
    public final long mtimeSeconds() {
        return tree.layout.mtimeSeconds(index);
    }

    /** 0 to 999,999,999. */
    public final int mtimeNanos() {
        return tree.layout.mtimeNanos(index);
    }

    /** {@code st_nlink}: names of a file; for a directory two and one for each below it. */
    public final int linkCount() {
        return tree.layout.linkCount(index);
    }

    /** Extended attributes by name; values must not be changed. */
    public final SortedMap<String, byte[]> xattrs() {
        return tree.layout.xattrs(index);
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "[inode=" + inode() + "]";
    }

    /** A directory; its children are in the order of their names' bytes. */
    public static final class Directory extends ImageNode {
        private final int firstEntry;
        private final int childCount;

        private Directory(ImageTree tree, int index) {
            super(tree, index);
            this.firstEntry = tree.layout.firstEntry(index);
            this.childCount = tree.layout.entryCount(index);
        }

        public int childCount() {
            return childCount;
        }

        /**
         * @param i from 0 to childCount - 1
         */
        public String childName(int i) {
            return tree.layout.entryName(firstEntry + checked(i));
        }

        /**
         * @param i from 0 to childCount - 1
         */
        public ImageNode child(int i) {
            return tree.nodeAt(tree.layout.entryNode(firstEntry + checked(i)));
        }

        /** The child of that name, or null. */
        public @Nullable ImageNode child(String name) {
            int index = find(name);
            return index < 0 ? null : child(index);
        }

        /** The position of a name, or -1. */
        public int find(String name) {
            int low = 0;
            int high = childCount - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                int order = tree.layout.compareEntryName(firstEntry + middle, name);
                if (order == 0) {
                    return middle;
                }
                if (order < 0) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return -1;
        }

        private int checked(int i) {
            if (i < 0 || i >= childCount) {
                throw new IndexOutOfBoundsException("child " + i + " of " + childCount);
            }
            return i;
        }
    }

    /** A file with contents in the blob. */
    public static final class RegularFile extends ImageNode {
        private final long blobOffset;
        private final long size;

        private RegularFile(ImageTree tree, int index) {
            super(tree, index);
            this.blobOffset = tree.layout.first(index);
            this.size = tree.layout.second(index);
        }

        /**
         * Where the contents begin in {@link ImageTree#blob}, a multiple of 4096. The bytes from
         * the end of the contents to the end of their last page are zero.
         */
        public long blobOffset() {
            return blobOffset;
        }

        /** Bytes of contents. */
        public long size() {
            return size;
        }
    }

    /** A symbolic link. */
    public static final class Symlink extends ImageNode {
        private final String target;

        private Symlink(ImageTree tree, int index) {
            super(tree, index);
            this.target = tree.layout.target(index);
        }

        /** Where it points, one char per byte; never empty, not resolved in any way. */
        public String target() {
            return target;
        }
    }

    /** A character or block device. */
    public static final class Device extends ImageNode {
        private Device(ImageTree tree, int index) {
            super(tree, index);
        }

        public boolean isBlock() {
            return FileType.ofMode(mode()) == FileType.BLOCK_DEVICE;
        }

        public int major() {
            return (int) tree.layout.first(inode() - 1);
        }

        public int minor() {
            return (int) tree.layout.second(inode() - 1);
        }
    }

    /** A named pipe. */
    public static final class Fifo extends ImageNode {
        private Fifo(ImageTree tree, int index) {
            super(tree, index);
        }
    }
}
