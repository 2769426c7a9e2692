package dev.littlecloud.image.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Ends a download of which nothing comes any more, so that it can be taken up again. */
final class StallGuard extends FilterInputStream {
    private final Duration patience;
    private final Thread watcher;
    private volatile long lastReadNanos = System.nanoTime();
    private volatile boolean isStalled;

    StallGuard(InputStream in, Duration patience) {
        super(in);
        this.patience = patience;
        this.watcher = Thread.ofVirtual().name("download-watcher").start(this::watch);
    }

    private void watch() {
        try {
            while (System.nanoTime() - lastReadNanos < patience.toNanos()) {
                Thread.sleep(patience.dividedBy(4));
            }
            isStalled = true;
            in.close();
        } catch (InterruptedException | IOException e) {
            // Closed in time; or closing failed, which the reader finds out.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        try {
            int read = in.read(buffer, offset, length);
            lastReadNanos = System.nanoTime();
            return read;
        } catch (IOException e) {
            if (isStalled) {
                throw new IOException("nothing came for " + patience.toSeconds() + " seconds", e);
            }
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        watcher.interrupt();
        super.close();
    }
}
