package dev.littlecloud.runtime.instance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** Moves bytes between the caller's channels and the guest, each direction on a thread of its own. */
final class Pump {
    private static final int CHUNK = 64 << 10;

    /** Where the guest's bytes come from; see {@link dev.littlecloud.kernel.fs.pipe.HostPipe}. */
    @FunctionalInterface
    interface GuestOutput {
        int read(byte[] target) throws InterruptedException;
    }

    /** Where bytes for the guest go; false when nobody takes them any more. */
    @FunctionalInterface
    interface GuestInput {
        boolean write(byte[] source, int offset, int length) throws InterruptedException;
    }

    private Pump() {}

    static Thread in(String name, ReadableByteChannel from, GuestInput to, Runnable atEnd) {
        return thread(name, () -> copyIn(from, to, atEnd));
    }

    static Thread out(String name, GuestOutput from, WritableByteChannel to, Runnable atEnd) {
        return thread(name, () -> copyOut(from, to, atEnd));
    }

    private static Thread thread(String name, Runnable task) {
        return Thread.ofPlatform().daemon().name(name).unstarted(task);
    }

    private static void copyIn(ReadableByteChannel from, GuestInput to, Runnable atEnd) {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        try {
            while (from.read(buffer) >= 0) {
                if (!to.write(buffer.array(), 0, buffer.position())) {
                    return;
                }
                buffer.clear();
            }
        } catch (IOException | InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            atEnd.run();
        }
    }

    private static void copyOut(GuestOutput from, WritableByteChannel to, Runnable atEnd) {
        byte[] bytes = new byte[CHUNK];
        try {
            for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
        } catch (IOException | InterruptedException gone) {
            // Nobody reads any more: the guest gets EPIPE, as with a closed pipe.
            Thread.currentThread().interrupt();
        } finally {
            atEnd.run();
        }
    }

    static void join(Iterable<Thread> threads) {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
