package dev.littlecloud.kernel.net;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A Unix socket's name as {@code sun_path} has it; unix(7).
 *
 * @param path empty for an unnamed socket; starts with a zero byte for an abstract name; otherwise a
 *     path name without its NUL
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are the name; equality is below
public record UnixAddress(byte[] path) implements SocketAddress {
    public static final UnixAddress UNNAMED = new UnixAddress(new byte[0]);

    public boolean isUnnamed() {
        return path.length == 0;
    }

    public boolean isAbstract() {
        return path.length > 0 && path[0] == 0;
    }

    /** As /proc/net/unix shows it: an at sign stands for the zero byte of an abstract name. */
    String display() {
        String text = new String(path, StandardCharsets.ISO_8859_1);
        return isAbstract() ? "@" + text.substring(1).replace('\0', '@') : text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UnixAddress unix && Arrays.equals(path, unix.path);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(path);
    }
}
