package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import java.nio.ByteBuffer;

/**
 * Refuses questions about sockets as Linux does without the modules that know of their families;
 * sock_diag(7). {@code ss} then reads /proc/net, and says nothing about it.
 */
final class DiagRequests extends NetlinkRequests {
    DiagRequests(int portId) {
        super(portId);
    }

    @Override
    void one(ByteBuffer in, int at, int length) {
        error(in, at, Errno.ENOENT);
    }
}
