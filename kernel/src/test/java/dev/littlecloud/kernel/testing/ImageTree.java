package dev.littlecloud.kernel.testing;

import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.tree.LowerNode;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A small image: an immutable tree and its blob, made by naming files. */
public final class ImageTree {
    private static final int PAGE = 4096;

    private final ByteArrayOutputStream blob = new ByteArrayOutputStream();
    private final Node root = new Node(1, Inode.S_IFDIR | 0755, 0, 0, "");
    private long lastNumber = 1;

    public LowerNode root() {
        return root;
    }

    public long lastNumber() {
        return lastNumber;
    }

    /** The contents of all files, page by page. */
    public MemorySegment blob() {
        byte[] bytes = blob.toByteArray();
        MemorySegment segment = Arena.ofAuto().allocate(Math.max(bytes.length, PAGE), PAGE);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment;
    }

    public ImageTree directory(String path, int permissions) {
        add(path, Inode.S_IFDIR | permissions, 0, 0, "");
        return this;
    }

    public ImageTree file(String path, int permissions, byte[] contents) {
        long offset = blob.size();
        blob.writeBytes(contents);
        blob.writeBytes(new byte[-contents.length & PAGE - 1]);
        add(path, Inode.S_IFREG | permissions, offset, contents.length, "");
        return this;
    }

    public ImageTree file(String path, String contents) {
        return file(path, 0644, contents.getBytes(StandardCharsets.ISO_8859_1));
    }

    public ImageTree symlink(String path, String text) {
        add(path, Inode.S_IFLNK | 0777, 0, text.length(), text);
        return this;
    }

    private void add(String path, int mode, long offset, long size, String text) {
        Node place = root;
        String[] names = path.substring(1).split("/");
        for (int i = 0; i < names.length - 1; i++) {
            Node next = place.children.get(names[i]);
            if (next == null) {
                next = new Node(++lastNumber, Inode.S_IFDIR | 0755, 0, 0, "");
                place.children.put(names[i], next);
            }
            place = next;
        }
        place.children.put(
                names[names.length - 1], new Node(++lastNumber, mode, offset, size, text));
    }

    private record Node(
            long number,
            int mode,
            long blobOffset,
            long size,
            String linkText,
            Map<String, Node> children)
            implements LowerNode {
        Node(long number, int mode, long blobOffset, long size, String linkText) {
            this(number, mode, blobOffset, size, linkText, new TreeMap<>());
        }

        @Override
        public int uid() {
            return 0;
        }

        @Override
        public int gid() {
            return 0;
        }

        @Override
        public int links() {
            int subdirectories = 0;
            for (Node child : children.values()) {
                subdirectories += (child.mode & Inode.S_IFMT) == Inode.S_IFDIR ? 1 : 0;
            }
            return (mode & Inode.S_IFMT) == Inode.S_IFDIR ? 2 + subdirectories : 1;
        }

        @Override
        public long modifyTime() {
            return 1_000_000_000L;
        }

        @Override
        public long device() {
            return 0;
        }

        @Override
        public Map<String, byte[]> extendedAttributes() {
            return Map.of();
        }

        @Override
        public int childCount() {
            return children.size();
        }

        private List<String> names() {
            return new ArrayList<>(children.keySet());
        }

        @Override
        public String childName(int index) {
            return names().get(index);
        }

        @Override
        public LowerNode child(int index) {
            @Nullable Node child = children.get(childName(index));
            if (child == null) {
                throw new IndexOutOfBoundsException(index);
            }
            return child;
        }

        @Override
        public int find(String name) {
            return names().indexOf(name);
        }
    }
}
