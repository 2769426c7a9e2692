package dev.littlecloud.runtime.template;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Semaphore;

/** A connection as a channel whose reads and writes wait. One thread at a time per direction. */
final class BlockingStream implements ByteChannel, GuestStream.Listener {
    private final GuestStream stream;

    // Each holds at most one permit that means something: look again.
    private final Semaphore readable = new Semaphore(0);
    private final Semaphore writable = new Semaphore(0);
    private volatile boolean open = true;

    BlockingStream(GuestStream stream) {
        this.stream = stream;
    }

    @Override
    public void readable() {
        readable.release();
    }

    @Override
    public void writable() {
        writable.release();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!target.hasRemaining()) {
            return 0;
        }
        while (true) {
            requireOpen();
            readable.drainPermits();
            int count = stream.read(target);
            if (count > 0 || count == GuestStream.END) {
                return count;
            }
            if (count == GuestStream.BROKEN) {
                requireOpen();
                throw new IOException("connection reset by the instance");
            }
            await(readable);
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int done = 0;
        while (source.hasRemaining()) {
            requireOpen();
            writable.drainPermits();
            int count = stream.write(source);
            if (count == GuestStream.BROKEN) {
                requireOpen();
                throw new IOException("broken pipe: the instance closed the connection");
            }
            done += count;
            if (source.hasRemaining()) {
                await(writable);
            }
        }
        return done;
    }

    private void await(Semaphore event) throws IOException {
        try {
            event.acquire();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            close();
            throw new ClosedByInterruptException();
        }
        if (!open) {
            throw new AsynchronousCloseException();
        }
    }

    private void requireOpen() throws ClosedChannelException {
        if (!open) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
        stream.close(false);
        readable.release();
        writable.release();
    }
}
