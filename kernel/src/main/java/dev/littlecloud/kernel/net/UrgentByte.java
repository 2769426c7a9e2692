package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;

/** TCP's out-of-band byte and its mark in the stream; tcp(7), "Sockets API". */
final class UrgentByte {
    private static final int NONE = -1;

    private final byte[] one = new byte[1];
    private int value = NONE;
    private boolean hasMark;

    /** Bytes in front of the mark. */
    private long untilMark;

    /** A byte came; {@code queued} bytes that were sent before it are not read yet. */
    void arrive(byte urgent, long queued, boolean inline) {
        value = inline ? NONE : urgent & 255;
        hasMark = true;
        untilMark = queued;
    }

    /** Whether the byte can be read by MSG_OOB; POLLPRI. */
    boolean isWaiting() {
        return value != NONE;
    }

    boolean isAtMark() {
        return hasMark && untilMark == 0;
    }

    /** How much of {@code length} bytes one read may take: it does not pass the mark. */
    long limit(long length) {
        return hasMark && untilMark > 0 ? Math.min(length, untilMark) : length;
    }

    /** Bytes were read; the mark goes when something behind it is. */
    void consumed(long bytes) {
        if (hasMark && bytes > 0) {
            if (untilMark == 0) {
                hasMark = false;
                value = NONE;
            } else {
                untilMark -= bytes;
            }
        }
    }

    /** Reads the byte: 1, or {@code -EINVAL} where there is none. */
    long receive(IoBuffer target, boolean peek) {
        if (value == NONE) {
            return -Errno.EINVAL;
        }
        if (target.remaining() == 0) {
            return 0;
        }
        one[0] = (byte) value;
        target.put(one, 0, 1);
        if (!peek) {
            value = NONE;
        }
        return 1;
    }

    /** The last byte of a send with MSG_OOB. */
    byte last(IoBuffer source) {
        source.get(one, 0, 1);
        return one[0];
    }
}
