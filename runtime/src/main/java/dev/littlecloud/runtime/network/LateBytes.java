package dev.littlecloud.runtime.network;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a program has sent on a connection and the host gets a moment later, together with more.
 * Guarded by itself.
 */
final class LateBytes {
    private static final int MOST = 16 << 10;
    private static final int MOST_SPARE = 64;
    private static final ArrayDeque<ByteBuffer> SPARE = new ArrayDeque<>();

    /** From its start to its position; null without any. */
    private @Nullable ByteBuffer bytes;

    /** The host has not taken all that it was given. */
    private boolean isHeldBack;

    /** Why the host took none, until somebody is told. */
    private int failure;

    boolean isEmpty() {
        return bytes == null;
    }

    /** Takes all that is there; false, and nothing, where that is too much or the host is slow. */
    boolean add(ByteBuffer source) {
        ByteBuffer target = bytes;
        int room = target == null ? MOST : target.remaining();
        if (isHeldBack || failure != 0 || source.remaining() > room) {
            return false;
        }
        if (target == null) {
            target = spare();
            bytes = target;
        }
        target.put(source);
        return true;
    }

    /** Gives it to the host; false where that has no room for all. After a failure it is gone. */
    boolean write(SocketChannel channel) {
        ByteBuffer source = bytes;
        if (source == null) {
            return true;
        }
        source.flip();
        try {
            channel.write(source);
        } catch (IOException broken) {
            failure = HostErrors.errno(broken);
            source.position(source.limit());
        }
        isHeldBack = source.hasRemaining();
        source.compact();
        if (!isHeldBack) {
            drop();
        }
        return !isHeldBack;
    }

    void drop() {
        ByteBuffer old = bytes;
        bytes = null;
        isHeldBack = false;
        if (old != null) {
            keep(old);
        }
    }

    /** Why the host took none, as an errno that is told once; 0 where it did. */
    int takeFailure() {
        int taken = failure;
        failure = 0;
        return taken;
    }

    private static ByteBuffer spare() {
        synchronized (SPARE) {
            ByteBuffer spare = SPARE.poll();
            return spare == null ? ByteBuffer.allocateDirect(MOST) : spare;
        }
    }

    private static void keep(ByteBuffer old) {
        synchronized (SPARE) {
            if (SPARE.size() < MOST_SPARE) {
                SPARE.push(old.clear());
            }
        }
    }
}
