package dev.littlecloud.gateway;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client of HTTP/2 that says exactly what a test wants, frame by frame. */
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;

    static final int END_STREAM = 0x1;
    static final int END_HEADERS = 0x4;

    /** A frame as it came; {@code code} is the number that a reset carries. */
    record Frame(int type, int flags, int stream, byte[] payload) {
        int code() {
            return (payload[0] & 0xFF) << 24
                    | (payload[1] & 0xFF) << 16
                    | (payload[2] & 0xFF) << 8
                    | payload[3] & 0xFF;
        }
    }

    private final Socket socket;
    private final OutputStream out;
    private final DataInputStream in;

    RawHttp2(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(60_000);
        out = socket.getOutputStream();
        in = new DataInputStream(socket.getInputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        send(SETTINGS, 0, 0, new byte[0]);
    }

    void send(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(payload.length >> 16);
        frame.write(payload.length >> 8);
        frame.write(payload.length);
        frame.write(type);
        frame.write(flags);
        for (int shift = 24; shift >= 0; shift -= 8) {
            frame.write(stream >> shift);
        }
        frame.writeBytes(payload);
        out.write(frame.toByteArray());
    }

    /** Fields as HPACK's literals that enter no table: RFC 7541, 6.2.2. */
    static byte[] fields(String... namesAndValues) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            block.write(0);
            for (int j = i; j < i + 2; j++) {
                byte[] text = namesAndValues[j].getBytes(StandardCharsets.US_ASCII);
                block.write(text.length);
                block.writeBytes(text);
            }
        }
        return block.toByteArray();
    }

    /** The next frame of a stream, past what concerns the connection. */
    Frame next(int stream) throws IOException {
        while (true) {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            Frame frame =
                    new Frame(
                            in.readUnsignedByte(),
                            in.readUnsignedByte(),
                            in.readInt(),
                            in.readNBytes(length));
            if (frame.stream() == stream) {
                return frame;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
