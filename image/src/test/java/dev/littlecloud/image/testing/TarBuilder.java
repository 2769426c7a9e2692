package dev.littlecloud.image.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes tars, well-formed and otherwise: every field of a header can be set to anything. */
public final class TarBuilder {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Map<String, byte[]> pax = new LinkedHashMap<>();

    public TarBuilder file(String name, String contents) {
        return file(name, contents.getBytes(StandardCharsets.UTF_8));
    }

    public TarBuilder file(String name, byte[] contents) {
        return entry(new Header(name, '0').size(contents.length), contents);
    }

    public TarBuilder directory(String name) {
        return entry(new Header(name, '5').mode("0000755"), new byte[0]);
    }

    public TarBuilder symlink(String name, String target) {
        return entry(new Header(name, '2').link(target), new byte[0]);
    }

    public TarBuilder hardLink(String name, String target) {
        return entry(new Header(name, '1').link(target), new byte[0]);
    }

    /** A PAX record of the next entry. */
    public TarBuilder pax(String key, String value) {
        return pax(key, value.getBytes(StandardCharsets.ISO_8859_1));
    }

    public TarBuilder pax(String key, byte[] value) {
        pax.put(key, value);
        return this;
    }

    public TarBuilder entry(Header header, byte[] contents) {
        if (!pax.isEmpty()) {
            byte[] records = paxRecords();
            pax.clear();
            entry(new Header("PaxHeaders/x", 'x').size(records.length), records);
        }
        out.writeBytes(header.bytes());
        out.writeBytes(contents);
        return raw(new byte[-contents.length & 511]);
    }

    public TarBuilder raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    private byte[] paxRecords() {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        pax.forEach((key, value) -> records.writeBytes(paxRecord(key, value)));
        return records.toByteArray();
    }

    public static byte[] paxRecord(String key, byte[] value) {
        byte[] name = key.getBytes(StandardCharsets.ISO_8859_1);
        int rest = name.length + value.length + 3;
        int length = rest + String.valueOf(rest).length();
        length = rest + String.valueOf(length).length();
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes((length + " ").getBytes(StandardCharsets.US_ASCII));
        record.writeBytes(name);
        record.write('=');
        record.writeBytes(value);
        record.write('\n');
        return record.toByteArray();
    }

    /** The archive with its end. */
    public byte[] build() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(out.toByteArray());
        whole.writeBytes(new byte[1024]);
        return whole.toByteArray();
    }

    /** The archive without its end. */
    public byte[] buildOpen() {
        return out.toByteArray();
    }

    /** A ustar header. */
    public static final class Header {
        private final byte[] block = new byte[512];

        public Header(String name, char type) {
            text(0, 100, name);
            text(100, 8, "0000644");
            text(108, 8, "0000000");
            text(116, 8, "0000000");
            text(124, 12, "00000000000");
            text(136, 12, "00000000000");
            block[156] = (byte) type;
            text(257, 8, "ustar\00000");
            text(329, 8, "0000000");
            text(337, 8, "0000000");
        }

        public Header mode(String octal) {
            return text(100, 8, octal);
        }

        public Header uid(String octal) {
            return text(108, 8, octal);
        }

        public Header gid(String octal) {
            return text(116, 8, octal);
        }

        public Header size(long size) {
            return text(124, 12, String.format("%011o", size));
        }

        public Header mtime(String octal) {
            return text(136, 12, octal);
        }

        public Header link(String target) {
            return text(157, 100, target);
        }

        public Header device(int major, int minor) {
            text(329, 8, String.format("%07o", major));
            return text(337, 8, String.format("%07o", minor));
        }

        /** Puts the text at an offset and zeros behind it. */
        public Header text(int offset, int length, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            return bytes(offset, Arrays.copyOf(bytes, length));
        }

        public Header bytes(int offset, byte[] bytes) {
            System.arraycopy(bytes, 0, block, offset, bytes.length);
            return this;
        }

        byte[] bytes() {
            Arrays.fill(block, 148, 156, (byte) ' ');
            int sum = 0;
            for (byte value : block) {
                sum += value & 0xff;
            }
            text(148, 8, String.format("%06o\0 ", sum));
            return block;
        }
    }
}
