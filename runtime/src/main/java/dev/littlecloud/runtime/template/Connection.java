package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.net.HostEvents;
import dev.littlecloud.kernel.net.HostStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A connection into a clone that no socket of the host carries: two rings of bytes between the
 * kernel's end, which is used with the instance lock held, and the outer end.
 *
 * <p>Locks: the instance's before this one. Neither side is told of anything with this one held.
 */
final class Connection {
    private final ByteRing toGuest = new ByteRing();
    private final ByteRing fromGuest = new ByteRing();
    private final Inner inner = new Inner();
    private final Outer outer = new Outer();
    private GuestStream.Listener listener;
    private @Nullable HostEvents kernel;

    /** What the kernel wants to be told, once. */
    private int wanted;

    /** The outer end found nothing to read, or no room to write, and was not told since. */
    private boolean readerWaits = true;

    private boolean writerWaits;

    private boolean outerEnded;
    private boolean outerClosed;
    private boolean outerReset;
    private boolean guestEnded;
    private boolean guestClosed;
    private boolean guestReset;

    Connection(GuestStream.Listener listener) {
        this.listener = listener;
    }

    HostStream inner() {
        return inner;
    }

    GuestStream outer() {
        return outer;
    }

    private synchronized GuestStream.Listener listener() {
        return listener;
    }

    // ---- Telling the kernel. Guarded by this, but for the telling itself.

    private boolean isReadable() {
        return toGuest.count() > 0 || outerEnded || outerClosed;
    }

    private boolean isWritable() {
        return !fromGuest.isFull() || outerClosed;
    }

    /** What the kernel is to be told now. */
    private int due() {
        int events = 0;
        if (isReadable()) {
            events |= wanted & HostStream.READ;
        }
        if (isWritable()) {
            events |= wanted & HostStream.WRITE;
        }
        wanted &= ~events;
        return events;
    }

    private void tellKernel(int events) {
        HostEvents told = kernel;
        if (events != 0 && told != null) {
            told.ready(events);
        }
    }

    private boolean takeReaderWaits() {
        boolean waits = readerWaits;
        readerWaits = false;
        return waits;
    }

    private boolean takeWriterWaits() {
        boolean waits = writerWaits;
        writerWaits = false;
        return waits;
    }

    /** The kernel's end. */
    private final class Inner implements HostStream {
        @Override
        public void listener(HostEvents events) {
            kernel = events;
        }

        @Override
        public void want(int events) {
            int already;
            synchronized (Connection.this) {
                wanted |= events;
                already = due();
            }
            if (already != 0) {
                // Not from within the kernel's own call.
                Thread.startVirtualThread(() -> tellKernel(already));
            }
        }

        @Override
        public int finishConnect() {
            return 0;
        }

        @Override
        public int read(ByteBuffer target) {
            int count;
            boolean room;
            synchronized (Connection.this) {
                if (outerReset) {
                    return -Errno.ECONNRESET;
                }
                if (toGuest.count() == 0) {
                    return outerEnded || outerClosed ? END : -Errno.EAGAIN;
                }
                count = toGuest.take(target);
                room = takeWriterWaits();
            }
            if (room) {
                Connection.this.listener().writable();
            }
            return count;
        }

        @Override
        public int write(ByteBuffer source) {
            int count;
            boolean news;
            synchronized (Connection.this) {
                if (outerClosed) {
                    return outerReset ? -Errno.ECONNRESET : -Errno.EPIPE;
                }
                if (fromGuest.isFull()) {
                    return -Errno.EAGAIN;
                }
                count = fromGuest.put(source);
                news = takeReaderWaits();
            }
            if (news) {
                Connection.this.listener().readable();
            }
            return count;
        }

        @Override
        public void shutdownOutput() {
            boolean news;
            synchronized (Connection.this) {
                guestEnded = true;
                news = takeReaderWaits();
            }
            if (news) {
                Connection.this.listener().readable();
            }
        }

        @Override
        public void keepAlive(boolean enabled) {
            // Nothing is between the two ends that could break silently.
        }

        @Override
        public void close(boolean reset) {
            boolean news;
            boolean room;
            synchronized (Connection.this) {
                guestEnded = true;
                guestClosed = true;
                guestReset |= reset;
                news = takeReaderWaits();
                room = takeWriterWaits();
            }
            if (news) {
                Connection.this.listener().readable();
            }
            if (room) {
                Connection.this.listener().writable();
            }
        }
    }

    /** The other end. */
    private final class Outer implements GuestStream {
        @Override
        public int read(ByteBuffer target) {
            int count;
            int events;
            synchronized (Connection.this) {
                if (fromGuest.count() == 0) {
                    if (outerClosed || guestReset) {
                        return BROKEN;
                    }
                    if (guestEnded) {
                        return END;
                    }
                    readerWaits = true;
                    return 0;
                }
                count = fromGuest.take(target);
                events = due();
            }
            tellKernel(events);
            return count;
        }

        @Override
        public int write(ByteBuffer source) {
            int count;
            int events;
            synchronized (Connection.this) {
                if (guestClosed || outerEnded || outerClosed) {
                    return BROKEN;
                }
                count = toGuest.put(source);
                writerWaits = source.hasRemaining();
                events = due();
            }
            tellKernel(events);
            return count;
        }

        @Override
        public void shutdownOutput() {
            int events;
            synchronized (Connection.this) {
                outerEnded = true;
                events = due();
            }
            tellKernel(events);
        }

        @Override
        public void close(boolean reset) {
            int events;
            synchronized (Connection.this) {
                outerEnded = true;
                outerClosed = true;
                outerReset |= reset;
                events = due();
            }
            tellKernel(events);
        }

        @Override
        public ByteChannel blocking() {
            BlockingStream blocking = new BlockingStream(this);
            synchronized (Connection.this) {
                listener = blocking;
            }
            return blocking;
        }
    }
}
