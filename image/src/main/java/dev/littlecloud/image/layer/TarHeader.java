package dev.littlecloud.image.layer;

import dev.littlecloud.image.ImageException;
import java.nio.charset.StandardCharsets;

/** Fields of a 512-byte tar header: v7, ustar, star and GNU. */
final class TarHeader {
    static final int BLOCK = 512;

    private static final int MAGIC = 257;
    private static final int PREFIX = 345;
    private static final int STAR_TRAILER = 508;

    private final byte[] block;

    /**
     * @param block 512 bytes, kept and read later
     * @throws ImageException MALFORMED where the checksum is wrong
     */
    TarHeader(byte[] block) {
        this.block = block;
        long checksum = isOctal(148, 8) ? number(148, 8, "checksum") : -1;
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < BLOCK; i++) {
            byte value = i >= 148 && i < 156 ? (byte) ' ' : block[i];
            unsigned += value & 0xff;
            signed += value;
        }
        // Some old writers summed up signed chars.
        if (checksum != unsigned && checksum != signed) {
            throw ImageException.malformed(
                    "a layer is not a tar: the checksum of a header is wrong");
        }
    }

    char type() {
        return (char) (block[156] & 0xff);
    }

    String name() {
        String name = text(0, 100);
        if (!text(MAGIC, 6).equals("ustar")) {
            return name;
        }
        int length = text(STAR_TRAILER, 4).equals("tar") ? 131 : 155;
        String prefix = text(PREFIX, length);
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    String linkName() {
        return text(157, 100);
    }

    long mode() {
        return number(100, 8, "mode");
    }

    long uid() {
        return number(108, 8, "uid");
    }

    long gid() {
        return number(116, 8, "gid");
    }

    long size() {
        return number(124, 12, "size");
    }

    long mtime() {
        return number(136, 12, "mtime");
    }

    long deviceMajor() {
        return number(329, 8, "device");
    }

    long deviceMinor() {
        return number(337, 8, "device");
    }

    /** The real size of an old GNU sparse file. */
    long gnuRealSize() {
        return number(483, 12, "real size");
    }

    boolean gnuSparseIsExtended() {
        return block[482] != 0;
    }

    /** Adds up to four extents of an old GNU sparse header. */
    void addGnuExtents(SparseMap.Builder map) {
        addExtents(block, 386, 4, map);
    }

    static void addExtents(byte[] block, int offset, int count, SparseMap.Builder map) {
        for (int i = 0; i < count; i++) {
            int at = offset + 24 * i;
            if (block[at] == 0) {
                return;
            }
            map.add(
                    number(block, at, 12, "sparse offset"),
                    number(block, at + 12, 12, "sparse length"));
        }
    }

    private boolean isOctal(int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            boolean isDigit = block[i] >= '0' && block[i] <= '7';
            if (!isDigit && block[i] != ' ' && block[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private String text(int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return new String(block, offset, end - offset, StandardCharsets.ISO_8859_1);
    }

    private long number(int offset, int length, String field) {
        return number(block, offset, length, field);
    }

    /** Octal digits with blanks around them, or base 256 where the first bit is set. */
    static long number(byte[] block, int offset, int length, String field) {
        if ((block[offset] & 0x80) != 0) {
            return base256(block, offset, length, field);
        }
        int at = offset;
        int end = offset + length;
        while (at < end && (block[at] == ' ' || block[at] == 0)) {
            at++;
        }
        long value = 0;
        while (at < end && block[at] >= '0' && block[at] <= '7') {
            // Twelve octal digits at most, so this cannot overflow.
            value = (value << 3) | (block[at] - '0');
            at++;
        }
        while (at < end) {
            if (block[at] != ' ' && block[at] != 0) {
                throw impossible(field);
            }
            at++;
        }
        return value;
    }

    private static long base256(byte[] block, int offset, int length, String field) {
        boolean isNegative = (block[offset] & 0x40) != 0;
        long value = isNegative ? -1 : 0;
        for (int i = 0; i < length; i++) {
            int digit = block[offset + i] & 0xff;
            if (i == 0) {
                digit = isNegative ? digit : digit & 0x7f;
            }
            long above = value >> 55;
            if (above != 0 && above != -1) {
                throw impossible(field);
            }
            value = (value << 8) | digit;
        }
        if ((value < 0) != isNegative) {
            throw impossible(field);
        }
        return value;
    }

    private static ImageException impossible(String field) {
        return ImageException.malformed("a layer has a tar header with an impossible " + field);
    }
}
