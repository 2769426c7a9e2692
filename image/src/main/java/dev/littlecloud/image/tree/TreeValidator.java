package dev.littlecloud.image.tree;

import dev.littlecloud.image.ImageLimits;
import org.jspecify.annotations.Nullable;

/**
 * Proves that a layout is a sound tree, so that nothing that reads it later has to check.
 *
 * <p>It walks flat arrays once and makes no objects: it runs each time an image is opened, in a
 * program that has just started and is not compiled yet.
 */
final class TreeValidator {
    private final TreeLayout layout;
    private final int nodeCount;

    /** How many entries point to each node. */
    private final int[] names;

    private TreeValidator(TreeLayout layout) {
        this.layout = layout;
        this.nodeCount = layout.nodeCount();
        this.names = new int[nodeCount];
    }

    /** What is wrong with the layout, or null. */
    static @Nullable String fault(TreeLayout layout) {
        return new TreeValidator(layout).fault();
    }

    private @Nullable String fault() {
        if (layout.blobSize() <= 0 || layout.blobSize() % TreeLayout.PAGE_BYTES != 0) {
            return "its contents file is not whole pages";
        }
        if ((layout.mode(0) & FileType.MASK) != FileType.DIRECTORY.modeBits()) {
            return "its root is not a directory";
        }
        String fault = entriesFault();
        if (fault != null) {
            return fault;
        }
        int nextEntry = 0;
        for (int node = 0; node < nodeCount; node++) {
            fault = nodeFault(node);
            if (fault == null && isDirectory(node)) {
                // The entries of the directories follow each other in the order of the directories,
                // so no entry belongs to two and none to no directory.
                if (layout.first(node) != nextEntry) {
                    return "directory " + node + " does not begin where it should";
                }
                long count = layout.second(node);
                if (count < 0 || count > layout.entryTotal() - nextEntry) {
                    return "directory " + node + " ends outside the index";
                }
                fault = directoryFault(node, nextEntry, (int) count);
                nextEntry += (int) count;
            }
            if (fault != null) {
                return fault;
            }
        }
        return nextEntry == layout.entryTotal()
                ? linkCountFault()
                : "it has entries in no directory";
    }

    private @Nullable String entriesFault() {
        byte[] text = layout.text();
        for (int entry = 0; entry < layout.entryTotal(); entry++) {
            int offset = layout.nameOffset(entry);
            int length = layout.nameLength(entry);
            int node = layout.entryNode(entry);
            if (length <= 0
                    || length > ImageLimits.NAME_BYTES
                    || offset < 0
                    || offset > text.length - length) {
                return "the name of entry " + entry + " is outside the index";
            }
            if (node <= 0 || node >= nodeCount) {
                return "entry " + entry + " points outside the index";
            }
            for (int i = offset; i < offset + length; i++) {
                if (text[i] == '/' || text[i] == 0) {
                    return "the name of entry " + entry + " is impossible";
                }
            }
            if (text[offset] == '.' && (length == 1 || (length == 2 && text[offset + 1] == '.'))) {
                return "the name of entry " + entry + " is impossible";
            }
            names[node]++;
        }
        return null;
    }

    private @Nullable String directoryFault(int directory, int firstEntry, int count) {
        int subdirectories = 0;
        for (int entry = firstEntry; entry < firstEntry + count; entry++) {
            if (entry > firstEntry && layout.compareEntryNames(entry - 1, entry) >= 0) {
                return "directory " + directory + " is not in order";
            }
            int child = layout.entryNode(entry);
            if (isDirectory(child)) {
                subdirectories++;
                // One name for each directory and parents before children: there are no circles.
                if (child <= directory || names[child] != 1) {
                    return "directory " + child + " has several parents";
                }
            }
        }
        return layout.linkCount(directory) == 2 + subdirectories
                ? null
                : "the link count of directory " + directory + " is wrong";
    }

    private @Nullable String nodeFault(int node) {
        FileType type = FileType.ofMode(layout.mode(node));
        if (type == null || (layout.mode(node) & ~(FileType.MASK | FileType.PERMISSIONS)) != 0) {
            return "node " + node + " has no type";
        }
        int nanos = layout.mtimeNanos(node);
        if (nanos < 0
                || nanos > 999_999_999
                || layout.mtimeSeconds(node) > ImageLimits.FURTHEST_SECONDS
                || layout.mtimeSeconds(node) < -ImageLimits.FURTHEST_SECONDS) {
            return "node " + node + " has an impossible time";
        }
        int xattrs = layout.xattrOffset(node);
        if (xattrs != TreeLayout.NO_XATTRS && !XattrSets.isValid(layout.xattrBytes(), xattrs)) {
            return "node " + node + " has impossible attributes";
        }
        long first = layout.first(node);
        long second = layout.second(node);
        boolean good =
                switch (type) {
                    case REGULAR ->
                            first >= 0
                                    && first % TreeLayout.PAGE_BYTES == 0
                                    && first <= layout.blobSize()
                                    && second >= 0
                                    && second <= layout.blobSize() - first;
                    case SYMLINK -> isTarget(first, second);
                    case CHARACTER_DEVICE, BLOCK_DEVICE ->
                            first >= 0 && first <= 0xfff && second >= 0 && second <= 0xfffff;
                    case FIFO -> first == 0 && second == 0;
                    case DIRECTORY -> true;
                };
        return good ? null : "node " + node + " points outside the image";
    }

    private boolean isTarget(long offset, long length) {
        byte[] text = layout.text();
        if (length <= 0
                || length > ImageLimits.PATH_BYTES
                || offset < 0
                || offset > text.length - length) {
            return false;
        }
        for (int i = (int) offset; i < (int) (offset + length); i++) {
            if (text[i] == 0) {
                return false;
            }
        }
        return true;
    }

    private @Nullable String linkCountFault() {
        for (int node = 1; node < nodeCount; node++) {
            if (names[node] == 0) {
                return "node " + node + " has no name";
            }
            if (!isDirectory(node) && names[node] != layout.linkCount(node)) {
                return "the link count of node " + node + " is wrong";
            }
        }
        return null;
    }

    private boolean isDirectory(int node) {
        return (layout.mode(node) & FileType.MASK) == FileType.DIRECTORY.modeBits();
    }
}
