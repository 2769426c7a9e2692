package dev.littlecloud.image.tree;

import dev.littlecloud.image.tree.MutableNode.Content;
import dev.littlecloud.image.tree.MutableNode.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Writes a tree as an index file: header, nodes, directory entries, text, extended attributes; all
 * little endian. Nodes are numbered breadth first, names within a directory in order.
 */
public final class TreeIndexWriter {
    private final List<MutableNode> nodes = new ArrayList<>();
    private final Map<MutableNode, Integer> numbers = new IdentityHashMap<>();
    private final List<int[]> entries = new ArrayList<>();
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final Map<String, Integer> textOffsets = new HashMap<>();
    private final ByteArrayOutputStream xattrs = new ByteArrayOutputStream();
    private final Map<ByteBuffer, Integer> xattrOffsets = new HashMap<>();

    private TreeIndexWriter() {}

    /**
     * Writes the index and forces it to disk.
     *
     * @param file must not exist
     * @param blobSize bytes of the contents file, a positive multiple of 4096
     */
    public static void write(MutableTree tree, long blobSize, Path file) throws IOException {
        ByteBuffer bytes = new TreeIndexWriter().encode(tree, blobSize);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    static ByteBuffer encode(TreeLayout layout) {
        int sections =
                4 * (layout.nodes().length + layout.entries().length)
                        + layout.text().length
                        + layout.xattrBytes().length;
        ByteBuffer bytes =
                ByteBuffer.allocate(TreeIndexReader.HEADER_BYTES + sections)
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(TreeIndexReader.HEADER_BYTES);
        for (int value : layout.nodes()) {
            bytes.putInt(value);
        }
        for (int value : layout.entries()) {
            bytes.putInt(value);
        }
        bytes.put(layout.text());
        bytes.put(layout.xattrBytes());
        CRC32 crc = new CRC32();
        crc.update(bytes.array(), TreeIndexReader.HEADER_BYTES, sections);
        bytes.flip();
        bytes.putLong(TreeIndexReader.MAGIC)
                .putInt(TreeIndexReader.VERSION)
                .putInt(layout.nodeCount())
                .putInt(layout.entryTotal())
                .putInt(layout.text().length)
                .putInt(layout.xattrBytes().length)
                .putInt(0)
                .putLong(layout.blobSize())
                .putInt((int) crc.getValue());
        return bytes.position(0);
    }

    private ByteBuffer encode(MutableTree tree, long blobSize) {
        number(tree.root());
        List<int[]> records = new ArrayList<>(nodes.size());
        // The list grows while it is walked: a directory's children are numbered when it is met.
        for (int i = 0; i < nodes.size(); i++) {
            records.add(record(nodes.get(i)));
        }
        return encode(
                new TreeLayout(
                        joined(records, TreeLayout.NODE_INTS),
                        joined(entries, TreeLayout.ENTRY_INTS),
                        text.toByteArray(),
                        xattrs.toByteArray(),
                        blobSize));
    }

    private int number(MutableNode node) {
        Integer known = numbers.putIfAbsent(node, nodes.size());
        if (known != null) {
            return known;
        }
        nodes.add(node);
        return nodes.size() - 1;
    }

    private int[] record(MutableNode node) {
        int[] record = new int[TreeLayout.NODE_INTS];
        record[TreeLayout.MODE] = node.type.modeBits() | node.permissions;
        record[TreeLayout.UID] = node.uid;
        record[TreeLayout.GID] = node.gid;
        TreeLayout.putLong(record, TreeLayout.MTIME_SECONDS, node.mtimeSeconds);
        record[TreeLayout.MTIME_NANOS] = node.mtimeNanos;
        record[TreeLayout.LINK_COUNT] = node.linkCount;
        record[TreeLayout.XATTRS] = xattrOffset(node);
        long first = 0;
        long second = 0;
        switch (node.type) {
            case DIRECTORY -> {
                first = entries.size();
                second = node.entries().size();
                record[TreeLayout.LINK_COUNT] = 2 + addEntries(node);
            }
            case REGULAR -> {
                Content content = node.content();
                first = content.offset();
                second = content.size();
            }
            case SYMLINK -> {
                first = textOffset(node.target);
                second = node.target.length();
            }
            case CHARACTER_DEVICE, BLOCK_DEVICE -> {
                first = node.major;
                second = node.minor;
            }
            case FIFO -> {}
        }
        TreeLayout.putLong(record, TreeLayout.FIRST, first);
        TreeLayout.putLong(record, TreeLayout.SECOND, second);
        return record;
    }

    /** Adds a directory's entries in order and says how many of them are directories. */
    private int addEntries(MutableNode directory) {
        int subdirectories = 0;
        List<Map.Entry<String, Entry>> sorted = new ArrayList<>(directory.entries().entrySet());
        sorted.sort(Map.Entry.comparingByKey());
        for (Map.Entry<String, Entry> entry : sorted) {
            MutableNode child = entry.getValue().node();
            if (child.type == FileType.DIRECTORY) {
                subdirectories++;
            }
            String name = entry.getKey();
            entries.add(new int[] {textOffset(name), name.length(), number(child)});
        }
        return subdirectories;
    }

    private int textOffset(String name) {
        return textOffsets.computeIfAbsent(
                name,
                added -> {
                    int offset = text.size();
                    text.writeBytes(added.getBytes(StandardCharsets.ISO_8859_1));
                    return offset;
                });
    }

    private int xattrOffset(MutableNode node) {
        if (node.xattrs.isEmpty()) {
            return TreeLayout.NO_XATTRS;
        }
        byte[] set = XattrSets.encode(node.xattrs);
        return xattrOffsets.computeIfAbsent(
                ByteBuffer.wrap(set),
                added -> {
                    int offset = xattrs.size();
                    xattrs.writeBytes(set);
                    return offset;
                });
    }

    private static int[] joined(List<int[]> records, int length) {
        int[] all = new int[records.size() * length];
        int at = 0;
        for (int[] record : records) {
            System.arraycopy(record, 0, all, at, length);
            at += length;
        }
        return all;
    }
}
