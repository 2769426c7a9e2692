package dev.littlecloud.image.layer;

import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import io.airlift.compress.v3.MalformedInputException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipException;

/** Tells damaged packed bytes, which are the image's fault, from failures to read them. */
final class UnpackingStream extends InputStream {
    private final InputStream in;
    private final String label;

    interface Opener {
        InputStream open() throws IOException;
    }

    UnpackingStream(Opener opener, String label) throws IOException {
        this.label = label;
        try {
            this.in = opener.open();
        } catch (ZipException | EOFException e) {
            throw damaged(e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int length = read(one, 0, 1);
        return length < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            return in.read(buffer, offset, length);
        } catch (ZipException
                | EOFException
                | MalformedInputException
                | IndexOutOfBoundsException
                | IllegalStateException e) {
            // The zstd library reports some damage as the failed check of an argument or a state.
            throw damaged(e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private ImageException damaged(Exception cause) {
        return new ImageException(
                ErrorCode.MALFORMED, label + " cannot be unpacked: " + cause.getMessage(), cause);
    }
}
