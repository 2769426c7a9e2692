package dev.littlecloud.kernel.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes netlink messages with their attributes; netlink(7). */
final class NetlinkWriter {
    private static final int CAPACITY = 8192;

    private final ByteBuffer buffer = ByteBuffer.allocate(CAPACITY).order(ByteOrder.LITTLE_ENDIAN);
    private final int sequence;
    private final int portId;
    private int start;

    NetlinkWriter(int sequence, int portId) {
        this.sequence = sequence;
        this.portId = portId;
    }

    int size() {
        return buffer.position();
    }

    /** What was written since the last call. */
    byte[] take() {
        byte[] written = Arrays.copyOf(buffer.array(), buffer.position());
        buffer.clear();
        return written;
    }

    void begin(int type, int flags) {
        start = buffer.position();
        buffer.putInt(0).putShort((short) type).putShort((short) flags);
        buffer.putInt(sequence).putInt(portId);
    }

    void end() {
        buffer.putInt(start, buffer.position() - start);
        align();
    }

    private void align() {
        while ((buffer.position() & 3) != 0) {
            buffer.put((byte) 0);
        }
    }

    NetlinkWriter putByte(int value) {
        buffer.put((byte) value);
        return this;
    }

    NetlinkWriter putShort(int value) {
        buffer.putShort((short) value);
        return this;
    }

    NetlinkWriter putInt(int value) {
        buffer.putInt(value);
        return this;
    }

    void bytes(int type, byte[] value) {
        buffer.putShort((short) (value.length + 4)).putShort((short) type).put(value);
        align();
    }

    void integer(int type, int value) {
        buffer.putShort((short) 8).putShort((short) type).putInt(value);
    }

    /** An IPv4 address given in host order. */
    void address(int type, int value) {
        integer(type, Integer.reverseBytes(value));
    }

    void string(int type, String value) {
        bytes(type, (value + "\0").getBytes(StandardCharsets.ISO_8859_1));
    }
}
