package dev.littlecloud.image.tree;

import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;

/** Reads index files. Whatever the bytes, the outcome is a sound tree or an ImageException. */
final class TreeIndexReader {
    /** "LCTREE", a line end that text transfers would change, NUL. */
    static final long MAGIC = 0x000a_4545_5254_434cL;

    static final int VERSION = 1;

    /** Magic, version, five section sizes, blob size, checksum of the sections. */
    static final int HEADER_BYTES = 8 + 4 + 5 * 4 + 8 + 4;

    private TreeIndexReader() {}

    static ImageTree open(Path index, Path blob) {
        ByteBuffer bytes;
        long actualBlobSize;
        try (FileChannel channel = FileChannel.open(index, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > Integer.MAX_VALUE - 8) {
                throw malformed(index, "it is too large");
            }
            bytes = ByteBuffer.allocate((int) size);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // a read may return less than asked for
            }
            bytes.flip();
            actualBlobSize = Files.size(blob);
        } catch (IOException e) {
            throw ImageException.io("reading the image index " + index, e);
        }
        TreeLayout layout = parse(bytes, index);
        if (actualBlobSize != layout.blobSize()) {
            throw malformed(
                    index,
                    "the contents file has "
                            + actualBlobSize
                            + " bytes instead of "
                            + layout.blobSize());
        }
        return new ImageTree(layout, blob);
    }

    static TreeLayout parse(ByteBuffer source, Path index) {
        ByteBuffer bytes = source.order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.remaining() < HEADER_BYTES) {
            throw malformed(index, "it is cut short");
        }
        if (bytes.getLong() != MAGIC) {
            throw malformed(index, "it is not an image index");
        }
        int version = bytes.getInt();
        if (version != VERSION) {
            throw new ImageException(
                    ErrorCode.UNSUPPORTED,
                    "the image index "
                            + index
                            + " has version "
                            + version
                            + ", this program reads "
                            + VERSION
                            + "; remove the image and load it again");
        }
        int nodeCount = bytes.getInt();
        int entryCount = bytes.getInt();
        int textBytes = bytes.getInt();
        int xattrBytes = bytes.getInt();
        if (bytes.getInt() != 0) {
            throw malformed(index, "its reserved field is set");
        }
        long blobSize = bytes.getLong();
        int checksum = bytes.getInt();
        if (nodeCount <= 0 || entryCount < 0 || textBytes < 0 || xattrBytes < 0) {
            throw malformed(index, "it has negative sizes");
        }
        long sections =
                4L * TreeLayout.NODE_INTS * nodeCount
                        + 4L * TreeLayout.ENTRY_INTS * entryCount
                        + textBytes
                        + xattrBytes;
        if (sections != bytes.remaining()) {
            throw malformed(index, "its length does not fit its contents");
        }
        CRC32 crc = new CRC32();
        crc.update(bytes.duplicate());
        if ((int) crc.getValue() != checksum) {
            throw malformed(index, "its checksum is wrong");
        }
        int[] nodes = ints(bytes, TreeLayout.NODE_INTS * nodeCount);
        int[] entries = ints(bytes, TreeLayout.ENTRY_INTS * entryCount);
        byte[] text = new byte[textBytes];
        bytes.get(text);
        byte[] xattrs = new byte[xattrBytes];
        bytes.get(xattrs);
        TreeLayout layout = new TreeLayout(nodes, entries, text, xattrs, blobSize);
        String fault = TreeValidator.fault(layout);
        if (fault != null) {
            throw malformed(index, fault);
        }
        return layout;
    }

    private static int[] ints(ByteBuffer bytes, int count) {
        int[] values = new int[count];
        bytes.asIntBuffer().get(values);
        bytes.position(bytes.position() + 4 * count);
        return values;
    }

    private static ImageException malformed(Path index, String why) {
        return ImageException.malformed(
                "the image index "
                        + index
                        + " is damaged ("
                        + why
                        + "); remove the image and load it again");
    }
}
