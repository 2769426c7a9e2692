package dev.littlecloud.image.tree;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;

/**
 * Sets of extended attributes as bytes: u16 count, then for each u8 name length, name, u32 value
 * length, value; little endian. Equal sets are stored once.
 */
final class XattrSets {
    /** XATTR_NAME_MAX and XATTR_SIZE_MAX, xattr(7). */
    static final int NAME_BYTES = 255;

    static final int VALUE_BYTES = 65_536;
    static final int SET_COUNT = 1_024;

    private XattrSets() {}

    interface Visitor {
        void attribute(String name, byte[] value);
    }

    static byte[] encode(SortedMap<String, byte[]> attributes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        writeInt(out, attributes.size(), 2);
        for (Map.Entry<String, byte[]> attribute : attributes.entrySet()) {
            byte[] name = attribute.getKey().getBytes(StandardCharsets.ISO_8859_1);
            out.write(name.length);
            out.writeBytes(name);
            writeInt(out, attribute.getValue().length, 4);
            out.writeBytes(attribute.getValue());
        }
        return out.toByteArray();
    }

    static void read(byte[] bytes, int offset, Visitor visitor) {
        int at = offset;
        int count = readInt(bytes, at, 2);
        at += 2;
        for (int i = 0; i < count; i++) {
            int nameLength = bytes[at] & 0xff;
            String name = new String(bytes, at + 1, nameLength, StandardCharsets.ISO_8859_1);
            at += 1 + nameLength;
            int valueLength = readInt(bytes, at, 4);
            at += 4;
            byte[] value = new byte[valueLength];
            System.arraycopy(bytes, at, value, 0, valueLength);
            at += valueLength;
            visitor.attribute(name, value);
        }
    }

    /** Whether a well-formed set is at {@code offset}, so that {@link #read} cannot fail. */
    static boolean isValid(byte[] bytes, int offset) {
        long at = offset;
        if (offset < 0 || at + 2 > bytes.length) {
            return false;
        }
        int count = readInt(bytes, offset, 2);
        at += 2;
        String previous = "";
        for (int i = 0; i < count; i++) {
            if (at + 1 > bytes.length) {
                return false;
            }
            int nameLength = bytes[(int) at] & 0xff;
            at += 1;
            if (nameLength == 0 || at + nameLength + 4 > bytes.length) {
                return false;
            }
            String name = new String(bytes, (int) at, nameLength, StandardCharsets.ISO_8859_1);
            if (name.indexOf('\0') >= 0 || name.compareTo(previous) <= 0) {
                return false;
            }
            previous = name;
            at += nameLength;
            int valueLength = readInt(bytes, (int) at, 4);
            at += 4;
            if (valueLength < 0 || valueLength > VALUE_BYTES || at + valueLength > bytes.length) {
                return false;
            }
            at += valueLength;
        }
        return true;
    }

    private static int readInt(byte[] bytes, int at, int length) {
        int value = 0;
        for (int i = length - 1; i >= 0; i--) {
            value = (value << 8) | (bytes[at + i] & 0xff);
        }
        return value;
    }

    private static void writeInt(ByteArrayOutputStream out, int value, int length) {
        for (int i = 0; i < length; i++) {
            out.write(value >>> (8 * i));
        }
    }
}
