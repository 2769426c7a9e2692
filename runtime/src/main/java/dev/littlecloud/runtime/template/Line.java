package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.net.HostEvents;
import dev.littlecloud.kernel.net.HostStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A connection from outside into an instance, which outlasts the instance while it is frozen. A
 * kernel has it by an {@link End}; when the kernel is frozen it loses that one, and the kernel that is
 * made of it gets another.
 *
 * <p>Locks: the instance's, then this one, then those of the stream.
 */
final class Line implements HostEvents {
    private static final int AHEAD_BYTES = 4096;

    private final HostStream stream;
    private final Lines lines;
    private @Nullable End end;

    /** What came while the instance was frozen, ready to be read; null for nothing. */
    private @Nullable ByteBuffer ahead;

    /** Answered to the next read behind what is {@link #ahead}: the end or an errno; 0 for none. */
    private int status;

    Line(HostStream stream, Lines lines) {
        this.stream = stream;
        this.lines = lines;
    }

    /** The end for the instance that runs now. */
    synchronized End attach(Traffic traffic) {
        End attached = new End(traffic);
        end = attached;
        return attached;
    }

    /** The end of the kernel that has it now. */
    synchronized @Nullable End end() {
        return end;
    }

    /** The kernel that had it is frozen: nothing it does counts any more. */
    void detach() {
        synchronized (this) {
            end = null;
        }
        // What the old kernel was told and did not handle is looked for again.
        stream.want(HostStream.READ);
    }

    /** Breaks it off, because the instance will not come back. */
    void breakOff() {
        stream.close(true);
    }

    @Override
    public void ready(int events) {
        End awake;
        synchronized (this) {
            awake = end;
        }
        if (awake != null) {
            awake.tell(events);
        } else if ((events & HostStream.READ) != 0 && look()) {
            lines.wake();
        }
    }

    @Override
    public void soon(Runnable news) {
        End awake = end();
        HostEvents told = awake == null ? null : awake.kernel();
        if (told == null) {
            news.run();
        } else {
            told.soon(news);
        }
    }

    /** Whether bytes came. That the other side left is not worth thawing an instance for. */
    private synchronized boolean look() {
        if (end != null || ahead != null || status != 0) {
            return ahead != null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(AHEAD_BYTES);
        int count = stream.read(bytes);
        if (count > 0) {
            ahead = bytes.flip();
            return true;
        }
        if (count == -Errno.EAGAIN) {
            stream.want(HostStream.READ);
        } else if (count < 0) {
            status = count;
        }
        return false;
    }

    private synchronized int readAhead(ByteBuffer target) {
        ByteBuffer bytes = ahead;
        if (bytes == null) {
            return 0;
        }
        int count = Math.min(bytes.remaining(), target.remaining());
        target.put(bytes.slice(bytes.position(), count));
        bytes.position(bytes.position() + count);
        if (!bytes.hasRemaining()) {
            ahead = null;
        }
        return count;
    }

    private synchronized int takeStatus() {
        int taken = status;
        status = 0;
        return taken;
    }

    private synchronized boolean hasNews() {
        return ahead != null || status != 0;
    }

    /** What one kernel has of the line. Used with its instance's lock held. */
    final class End implements HostStream {
        private final Traffic traffic;
        private volatile @Nullable HostEvents kernel;

        /** Whether the instance wrote something and asked for nothing since. */
        private boolean hasAnswered;

        private End(Traffic traffic) {
            this.traffic = traffic;
        }

        Line line() {
            return Line.this;
        }

        private boolean isCurrent() {
            return end() == this;
        }

        /** Who hears of it in the kernel. */
        @Nullable HostEvents kernel() {
            return kernel;
        }

        /** The kernel was made of a frozen one, and does not know what happened meanwhile. */
        void resumed(HostEvents listener) {
            kernel = listener;
            listener.ready(READ | WRITE);
        }

        void tell(int events) {
            HostEvents told = kernel;
            if (told != null) {
                told.ready(events);
            }
        }

        @Override
        public void listener(HostEvents events) {
            kernel = events;
            stream.listener(Line.this);
        }

        @Override
        public void want(int events) {
            if (!isCurrent()) {
                return;
            }
            if (hasAnswered && (events & READ) != 0) {
                // It has answered and waits for more: a connection that is kept is as good as
                // closed.
                hasAnswered = false;
                traffic.answered();
            }
            if ((events & READ) != 0 && hasNews()) {
                // Not from within the kernel's own call.
                Thread.startVirtualThread(() -> tell(READ));
                stream.want(events & ~READ);
            } else {
                stream.want(events);
            }
        }

        @Override
        public int finishConnect() {
            return stream.finishConnect();
        }

        @Override
        public int read(ByteBuffer target) {
            if (!isCurrent()) {
                return -Errno.EAGAIN;
            }
            int count = readAhead(target);
            if (count == 0) {
                count = takeStatus();
            }
            if (count == 0) {
                count = stream.read(target);
            }
            if (count > 0) {
                lines.moved();
                traffic.in(count);
            }
            return count;
        }

        @Override
        public int write(ByteBuffer source) {
            if (!isCurrent()) {
                return -Errno.EAGAIN;
            }
            int count = stream.write(source);
            if (count > 0) {
                hasAnswered = true;
                lines.moved();
                traffic.out(count);
            }
            return count;
        }

        @Override
        public void shutdownOutput() {
            if (isCurrent()) {
                stream.shutdownOutput();
            }
        }

        @Override
        public void keepAlive(boolean enabled) {
            if (isCurrent()) {
                stream.keepAlive(enabled);
            }
        }

        @Override
        public void close(boolean reset) {
            if (isCurrent()) {
                traffic.answered();
                lines.forget(Line.this);
                stream.close(reset);
            }
        }
    }
}
