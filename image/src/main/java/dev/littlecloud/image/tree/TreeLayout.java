package dev.littlecloud.image.tree;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The sections of an index as they are in the file, and where each field is.
 *
 * <p>Plain arrays on the heap: a few bulk copies read them, a validated index cannot change under
 * its reader as a mapped file could, and a node object is made only for a file somebody looks at.
 *
 * @param nodes {@link #NODE_INTS} for each node, in the order of the inode numbers
 * @param entries {@link #ENTRY_INTS} for each directory entry, those of a directory together
 * @param text names and link targets
 * @param xattrBytes sets of extended attributes
 * @param blobSize bytes of the file with the contents
 */
record TreeLayout(int[] nodes, int[] entries, byte[] text, byte[] xattrBytes, long blobSize) {
    static final int NODE_INTS = 12;
    static final int MODE = 0;
    static final int UID = 1;
    static final int GID = 2;
    static final int MTIME_SECONDS = 3;
    static final int MTIME_NANOS = 5;
    static final int LINK_COUNT = 6;
    static final int XATTRS = 7;

    /** Blob offset of a file, first entry of a directory, text offset of a link, device major. */
    static final int FIRST = 8;

    /** Size of a file, entries of a directory, length of a link's target, device minor. */
    static final int SECOND = 10;

    static final int ENTRY_INTS = 3;
    static final int NAME_OFFSET = 0;
    static final int NAME_LENGTH = 1;
    static final int NODE = 2;

    static final int NO_XATTRS = -1;
    static final int PAGE_BYTES = 4096;

    int nodeCount() {
        return nodes.length / NODE_INTS;
    }

    int entryTotal() {
        return entries.length / ENTRY_INTS;
    }

    int mode(int node) {
        return nodes[node * NODE_INTS + MODE];
    }

    int uid(int node) {
        return nodes[node * NODE_INTS + UID];
    }

    int gid(int node) {
        return nodes[node * NODE_INTS + GID];
    }

    long mtimeSeconds(int node) {
        return longAt(nodes, node * NODE_INTS + MTIME_SECONDS);
    }

    int mtimeNanos(int node) {
        return nodes[node * NODE_INTS + MTIME_NANOS];
    }

    int linkCount(int node) {
        return nodes[node * NODE_INTS + LINK_COUNT];
    }

    int xattrOffset(int node) {
        return nodes[node * NODE_INTS + XATTRS];
    }

    long first(int node) {
        return longAt(nodes, node * NODE_INTS + FIRST);
    }

    long second(int node) {
        return longAt(nodes, node * NODE_INTS + SECOND);
    }

    int firstEntry(int node) {
        return (int) first(node);
    }

    int entryCount(int node) {
        return (int) second(node);
    }

    String target(int node) {
        return new String(text, (int) first(node), (int) second(node), StandardCharsets.ISO_8859_1);
    }

    int entryNode(int entry) {
        return entries[entry * ENTRY_INTS + NODE];
    }

    int nameOffset(int entry) {
        return entries[entry * ENTRY_INTS + NAME_OFFSET];
    }

    int nameLength(int entry) {
        return entries[entry * ENTRY_INTS + NAME_LENGTH];
    }

    String entryName(int entry) {
        return new String(text, nameOffset(entry), nameLength(entry), StandardCharsets.ISO_8859_1);
    }

    /** The order of an entry's name and {@code name} as unsigned bytes. */
    int compareEntryName(int entry, String name) {
        int offset = nameOffset(entry);
        int length = nameLength(entry);
        int common = Math.min(length, name.length());
        for (int i = 0; i < common; i++) {
            int order = (text[offset + i] & 0xff) - name.charAt(i);
            if (order != 0) {
                return order;
            }
        }
        return length - name.length();
    }

    int compareEntryNames(int entry, int other) {
        int offset = nameOffset(entry);
        int otherOffset = nameOffset(other);
        return Arrays.compareUnsigned(
                text,
                offset,
                offset + nameLength(entry),
                text,
                otherOffset,
                otherOffset + nameLength(other));
    }

    SortedMap<String, byte[]> xattrs(int node) {
        int offset = xattrOffset(node);
        if (offset == NO_XATTRS) {
            return Collections.emptySortedMap();
        }
        TreeMap<String, byte[]> attributes = new TreeMap<>();
        XattrSets.read(xattrBytes, offset, attributes::put);
        return Collections.unmodifiableSortedMap(attributes);
    }

    static long longAt(int[] array, int i) {
        return (array[i] & 0xffff_ffffL) | ((long) array[i + 1] << 32);
    }

    static void putLong(int[] array, int i, long value) {
        array[i] = (int) value;
        array[i + 1] = (int) (value >> 32);
    }
}
