package dev.littlecloud.image.layer;

import dev.littlecloud.image.tree.MutableNode;
import dev.littlecloud.image.tree.MutableNode.Content;
import dev.littlecloud.image.tree.MutableTree;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Takes out of a blob what later layers replaced or hid. */
final class BlobCompactor {
    /** Less waste than this is not worth a copy. */
    private static final long WORTHWHILE_BYTES = 1 << 20;

    private BlobCompactor() {}

    /**
     * Writes the blob anew if enough of it is unused, and moves the tree's contents.
     *
     * @return bytes of the blob
     */
    static long compact(MutableTree tree, Path blob) throws IOException {
        Set<MutableNode> files = tree.regularFiles();
        Set<Content> used = new HashSet<>();
        long usedBytes = 0;
        for (MutableNode file : files) {
            if (used.add(file.content())) {
                usedBytes += pages(file.content().size());
            }
        }
        long size = Files.size(blob);
        if (size - usedBytes < Math.max(WORTHWHILE_BYTES, size / 8)) {
            return size;
        }
        Path compacted = blob.resolveSibling("compacted");
        Map<Content, Content> moved = new HashMap<>();
        long end = copy(used, blob, compacted, moved);
        for (MutableNode file : files) {
            Content to = moved.get(file.content());
            if (to == null) {
                throw new IllegalStateException("each content in use was moved");
            }
            file.setContent(to);
        }
        Files.move(compacted, blob, StandardCopyOption.ATOMIC_MOVE);
        return end;
    }

    private static long copy(Set<Content> contents, Path from, Path to, Map<Content, Content> moved)
            throws IOException {
        try (FileChannel source = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel target =
                        FileChannel.open(
                                to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer part = ByteBuffer.allocate(1 << 20);
            long end = 0;
            for (Content content :
                    contents.stream().sorted(Comparator.comparingLong(Content::offset)).toList()) {
                if (content.size() == 0) {
                    moved.put(content, content);
                    continue;
                }
                long length = pages(content.size());
                for (long done = 0; done < length; done += part.limit()) {
                    part.clear().limit((int) Math.min(part.capacity(), length - done));
                    readFully(source, part, content.offset() + done);
                    BlobWriter.writePages(target, part.array(), part.limit(), end + done);
                }
                moved.put(content, new Content(end, content.size()));
                end += length;
            }
            end = Math.max(end, BlobWriter.PAGE);
            BlobWriter.setSize(target, end);
            target.force(true);
            return end;
        }
    }

    private static void readFully(FileChannel source, ByteBuffer part, long offset)
            throws IOException {
        while (part.hasRemaining()) {
            if (source.read(part, offset + part.position()) < 0) {
                throw new EOFException("the contents file became shorter");
            }
        }
    }

    private static long pages(long size) {
        return (size + BlobWriter.PAGE - 1) & -BlobWriter.PAGE;
    }
}
