package dev.littlecloud.gateway;

import dev.littlecloud.gateway.service.Acceptor;
import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.kernel.net.NetworkStack.Delivery;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A program in an instance, without the instance: takes connections as the kernel does and serves each
 * on a thread of its own.
 */
public final class StreamServer implements Acceptor {
    /** What the program does with a connection. */
    public interface Program {
        void serve(InputStream in, OutputStream out) throws IOException;
    }

    private final Program program;
    private final AtomicInteger accepted = new AtomicInteger();
    private volatile boolean listening = true;
    private volatile boolean full;
    private volatile @Nullable Runnable whenRoom;
    private volatile @Nullable InetSocketAddress lastPeer;

    public StreamServer(Program program) {
        this.program = program;
    }

    public int accepted() {
        return accepted.get();
    }

    public @Nullable InetSocketAddress lastPeer() {
        return lastPeer;
    }

    public void listening(boolean listens) {
        listening = listens;
    }

    /** As if the program did not accept, until {@link #room}. */
    public void full() {
        full = true;
    }

    public boolean isWaitedFor() {
        return whenRoom != null;
    }

    public void room() {
        full = false;
        Runnable waiting = whenRoom;
        whenRoom = null;
        if (waiting != null) {
            waiting.run();
        }
    }

    @Override
    public Delivery deliver(HostStream stream, InetSocketAddress peer, Runnable retry) {
        if (!listening) {
            return Delivery.REFUSED;
        }
        if (full) {
            whenRoom = retry;
            return Delivery.FULL;
        }
        lastPeer = peer;
        accepted.incrementAndGet();
        Connection connection = new Connection(stream);
        Thread.ofVirtual().start(() -> connection.run(program));
        return Delivery.ACCEPTED;
    }

    /** Blocking streams over one that does not block. */
    private static final class Connection {
        private final HostStream stream;
        private final Semaphore readable = new Semaphore(0);
        private final Semaphore writable = new Semaphore(0);

        Connection(HostStream stream) {
            this.stream = stream;
            stream.listener(
                    events -> {
                        if ((events & HostStream.READ) != 0) {
                            readable.release();
                        }
                        if ((events & HostStream.WRITE) != 0) {
                            writable.release();
                        }
                    });
        }

        void run(Program program) {
            try {
                program.serve(new In(), new Out());
                stream.close(false);
            } catch (IOException broken) {
                stream.close(true);
            }
        }

        private void await(int event, Semaphore happened) throws IOException {
            stream.want(event);
            try {
                if (!happened.tryAcquire(60, TimeUnit.SECONDS)) {
                    throw new IOException("nothing happened");
                }
            } catch (InterruptedException interrupted) {
                throw new IOException(interrupted);
            }
        }

        private final class In extends InputStream {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                while (true) {
                    int count = stream.read(ByteBuffer.wrap(target, offset, length));
                    if (count == HostStream.END) {
                        return -1;
                    }
                    if (count >= 0) {
                        return count;
                    }
                    if (count != -11) {
                        throw new IOException("errno " + -count);
                    }
                    await(HostStream.READ, readable);
                }
            }
        }

        private final class Out extends OutputStream {
            @Override
            public void write(int octet) throws IOException {
                write(new byte[] {(byte) octet}, 0, 1);
            }

            @Override
            public void write(byte[] source, int offset, int length) throws IOException {
                ByteBuffer bytes = ByteBuffer.wrap(source, offset, length);
                while (bytes.hasRemaining()) {
                    int count = stream.write(bytes);
                    if (count == -11) {
                        await(HostStream.WRITE, writable);
                    } else if (count < 0) {
                        throw new IOException("errno " + -count);
                    }
                }
            }

            @Override
            public void close() {
                stream.shutdownOutput();
            }
        }
    }
}
