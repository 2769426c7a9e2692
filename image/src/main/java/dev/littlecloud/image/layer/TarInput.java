package dev.littlecloud.image.layer;

import dev.littlecloud.image.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The bytes below a {@link TarReader}: whole blocks, with an error where they end too early. */
final class TarInput {
    private final InputStream stream;
    private final byte[] buffer = new byte[64 << 10];

    TarInput(InputStream stream) {
        this.stream = stream;
    }

    /**
     * The next header, or null at the end of the archive: a block of zeros, or the end of the
     * stream, as some writers leave the zeros out.
     */
    byte @Nullable [] header() throws IOException {
        byte[] block = new byte[TarHeader.BLOCK];
        int length = stream.readNBytes(block, 0, block.length);
        if (length == 0) {
            return null;
        }
        if (length < block.length) {
            throw cutShort();
        }
        for (byte value : block) {
            if (value != 0) {
                return block;
            }
        }
        return null;
    }

    byte[] bytes(int length) throws IOException {
        byte[] bytes = stream.readNBytes(length);
        if (bytes.length < length) {
            throw cutShort();
        }
        return bytes;
    }

    void skip(long length) throws IOException {
        long left = length;
        while (left > 0) {
            long skipped = stream.skip(left);
            left -= skipped > 0 ? skipped : read(left);
        }
    }

    void copy(long length, TarReader.ContentSink sink) throws IOException {
        long left = length;
        while (left > 0) {
            int read = read(left);
            sink.data(buffer, 0, read);
            left -= read;
        }
    }

    private int read(long most) throws IOException {
        int read = stream.read(buffer, 0, (int) Math.min(most, buffer.length));
        if (read <= 0) {
            throw cutShort();
        }
        return read;
    }

    /**
     * The map of PAX sparse format 1.0: decimal numbers, each on a line, first how many extents,
     * padded to whole blocks.
     *
     * @param most bytes that there are
     * @return bytes it took
     */
    long sparseMapInData(SparseMap.Builder map, long most) throws IOException {
        StringBuilder digits = new StringBuilder();
        long taken = 0;
        long wanted = -1;
        long offset = -1;
        while (wanted < 0 || map.extents() < wanted) {
            if (taken + TarHeader.BLOCK > most) {
                throw ImageException.malformed("a layer has a sparse file whose map does not end");
            }
            byte[] block = bytes(TarHeader.BLOCK);
            taken += TarHeader.BLOCK;
            for (byte c : block) {
                if (c != '\n') {
                    if (digits.length() > 20) {
                        throw ImageException.malformed(
                                "a layer has a sparse file with an impossible map");
                    }
                    digits.append((char) (c & 0xff));
                    continue;
                }
                long number = PaxHeaders.decimal(digits.toString());
                digits.setLength(0);
                if (wanted < 0) {
                    wanted = number;
                } else if (offset < 0) {
                    offset = number;
                } else {
                    map.add(offset, number);
                    offset = -1;
                }
                if (wanted == map.extents()) {
                    break;
                }
            }
        }
        return taken;
    }

    static String textUpToNul(byte[] data) {
        int end = 0;
        while (end < data.length && data[end] != 0) {
            end++;
        }
        return new String(Arrays.copyOf(data, end), StandardCharsets.ISO_8859_1);
    }

    private static ImageException cutShort() {
        return ImageException.malformed("a layer is cut short");
    }
}
