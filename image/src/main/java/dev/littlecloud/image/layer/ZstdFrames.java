package dev.littlecloud.image.layer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/**
 * A zstd stream without its skippable frames, which the library at hand does not know. Tools put
 * tables of contents into them (zstd:chunked). Frames are found by their headers, RFC 8878, 3.1.
 */
final class ZstdFrames extends InputStream {
    private static final int FRAME_MAGIC = 0xfd2f_b528;
    private static final int SKIPPABLE_MAGIC = 0x184d_2a50;

    private final InputStream in;

    /** Header bytes that were read to find the way and are still to be given. */
    private byte[] ahead = new byte[0];

    private int aheadOffset;

    /** Bytes of the current block, or of a checksum, that are still to be given. */
    private long left;

    private boolean isInFrame;
    private boolean isLastBlock;
    private boolean hasChecksum;

    ZstdFrames(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (aheadOffset == ahead.length && left == 0) {
            if (!advance()) {
                return -1;
            }
        }
        if (aheadOffset < ahead.length) {
            int part = Math.min(length, ahead.length - aheadOffset);
            System.arraycopy(ahead, aheadOffset, buffer, offset, part);
            aheadOffset += part;
            return part;
        }
        int read = in.read(buffer, offset, (int) Math.min(length, left));
        if (read < 0) {
            throw new EOFException("it is cut short");
        }
        left -= read;
        return read;
    }

    /** Reads the next header; false at the end of the stream. */
    private boolean advance() throws IOException {
        if (!isInFrame) {
            return beginFrame();
        }
        if (!isLastBlock) {
            beginBlock();
            return true;
        }
        isInFrame = false;
        left = hasChecksum ? 4 : 0;
        return true;
    }

    private boolean beginFrame() throws IOException {
        byte[] magic = in.readNBytes(4);
        if (magic.length == 0) {
            return false;
        }
        int value = littleEndian(magic, 4);
        if ((value & ~0xf) == SKIPPABLE_MAGIC) {
            in.skipNBytes(littleEndian(bytes(4), 4) & 0xffff_ffffL);
            return true;
        }
        if (value != FRAME_MAGIC) {
            throw new ZipException("something that is no zstd frame follows");
        }
        byte[] descriptor = bytes(1);
        int flags = descriptor[0] & 0xff;
        boolean isSingleSegment = (flags & 0x20) != 0;
        int sizeBytes =
                switch (flags >> 6) {
                    case 0 -> isSingleSegment ? 1 : 0;
                    case 1 -> 2;
                    case 2 -> 4;
                    default -> 8;
                };
        int dictionaryBytes = (flags & 3) == 3 ? 4 : flags & 3;
        byte[] rest = bytes((isSingleSegment ? 0 : 1) + dictionaryBytes + sizeBytes);
        give(magic, descriptor, rest);
        hasChecksum = (flags & 4) != 0;
        isInFrame = true;
        isLastBlock = false;
        return true;
    }

    private void beginBlock() throws IOException {
        byte[] header = bytes(3);
        int value = littleEndian(header, 3);
        isLastBlock = (value & 1) != 0;
        boolean isOneByteRepeated = ((value >> 1) & 3) == 1;
        left = isOneByteRepeated ? 1 : value >> 3;
        give(header);
    }

    private void give(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ahead = new byte[length];
        aheadOffset = 0;
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, ahead, at, part.length);
            at += part.length;
        }
    }

    private byte[] bytes(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("it is cut short");
        }
        return bytes;
    }

    private static int littleEndian(byte[] bytes, int length) throws IOException {
        if (bytes.length < length) {
            throw new EOFException("it is cut short");
        }
        int value = 0;
        for (int i = length - 1; i >= 0; i--) {
            value = (value << 8) | (bytes[i] & 0xff);
        }
        return value;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
