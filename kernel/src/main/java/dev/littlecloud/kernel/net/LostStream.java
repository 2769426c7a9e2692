package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import java.nio.ByteBuffer;

/**
 * What a connection that was open when its instance was frozen is in a clone: broken, as if the
 * other side had gone while nobody looked.
 */
public final class LostStream implements HostStream {
    public static final LostStream INSTANCE = new LostStream();

    private LostStream() {}

    @Override
    public void listener(HostEvents events) {
        // Who has it is told once, when the kernel is thawed.
    }

    @Override
    public void want(int events) {
        // Every call answers at once.
    }

    @Override
    public int finishConnect() {
        return -Errno.ECONNRESET;
    }

    @Override
    public int read(ByteBuffer target) {
        return -Errno.ECONNRESET;
    }

    @Override
    public int write(ByteBuffer source) {
        return -Errno.ECONNRESET;
    }

    @Override
    public void shutdownOutput() {
        // There is nobody to see it.
    }

    @Override
    public void keepAlive(boolean enabled) {
        // There is nothing to keep.
    }

    @Override
    public void close(boolean reset) {
        // It is closed.
    }
}
