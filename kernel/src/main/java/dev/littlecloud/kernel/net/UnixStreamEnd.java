package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a Unix stream. What goes beside the bytes is kept with the range of bytes it was sent
 * with; a read ends behind a range with files, and between ranges of different senders where
 * identities are told (unix_stream_read_generic()). Guarded by the instance lock.
 */
final class UnixStreamEnd extends StreamEnd implements UnixCarrier {
    private static final class Mark {
        final long start;
        final long end;
        Ancillary carried;

        Mark(long start, long end, Ancillary carried) {
            this.start = start;
            this.end = end;
            this.carried = carried;
        }
    }

    /** What came beside bytes that are still in the queue. */
    private final ArrayDeque<Mark> marks = new ArrayDeque<>(0);

    /** Bytes that ever left {@link #incoming}. */
    private long taken;

    UnixStreamEnd(SocketMemory memory, SocketOptions options, WaitQueue queue) {
        super(memory, options, queue);
    }

    @Override
    long capacity(SocketOptions sender, SocketOptions receiver) {
        return sender.sendBuffer;
    }

    @Override
    public long unsentBytes() {
        StreamEnd to = peer;
        return to == null ? 0 : to.incoming.size();
    }

    @Override
    public SocketOptions receiver() {
        StreamEnd to = peer;
        return to == null ? options : to.options;
    }

    @Override
    public long send(IoBuffer source, @Nullable Ancillary carried) {
        StreamEnd to = peer;
        if (sendShut || to == null || to.receiveShut) {
            return -Errno.EPIPE;
        }
        UnixStreamEnd other = (UnixStreamEnd) to;
        long start = other.taken + other.incoming.size();
        long moved = deliver(source, to, source.remaining());
        if (moved > 0 && carried != null) {
            other.marks.add(new Mark(start, start + moved, carried));
        }
        return moved;
    }

    @Override
    public long receive(IoBuffer target, Message message) {
        boolean peek = message.has(SocketConstants.MSG_PEEK);
        long length = Math.min(incoming.size(), target.remaining());
        if (length == 0) {
            return super.receive(target, peek, 0);
        }
        if (marks.isEmpty()) {
            return super.receive(target, peek, 0);
        }
        return receiveMarked(target, message, peek, length);
    }

    private long receiveMarked(IoBuffer target, Message message, boolean peek, long length) {
        long limit = limit(taken + length) - taken;
        incoming.peek(target, 0, limit);
        long position = taken + limit;
        if (peek) {
            Mark mark = firstBefore(position);
            message.ancillary = mark == null ? null : mark.carried.copy();
        } else {
            collect(message, position);
            discard(limit);
        }
        return limit;
    }

    /** Where a read that could go on to {@code wanted} has to end. */
    private long limit(long wanted) {
        PeerCredentials writer = null;
        boolean first = true;
        long reached = taken;
        for (Mark mark : marks) {
            if (mark.start >= wanted) {
                break;
            }
            PeerCredentials sender = mark.carried.credentials();
            if (options.passCredentials && !first && !Objects.equals(writer, sender)) {
                return Math.min(wanted, Math.max(reached, mark.start));
            }
            first = false;
            writer = sender;
            reached = mark.end;
            if (mark.carried.hasFiles()) {
                return Math.min(wanted, mark.end);
            }
        }
        return wanted;
    }

    private @Nullable Mark firstBefore(long position) {
        Mark first = marks.peek();
        return first != null && first.start < position ? first : null;
    }

    /** Hands over what belongs to bytes before {@code position}, once. */
    private void collect(Message message, long position) {
        for (Mark mark = firstBefore(position); mark != null; mark = firstBefore(position)) {
            Ancillary carried = mark.carried;
            Ancillary before = message.ancillary;
            if (before == null || carried.hasFiles()) {
                message.ancillary = carried;
            }
            if (mark.end > position) {
                // The rest of these bytes comes from the same writer, without the files.
                mark.carried = new Ancillary(Ancillary.NO_FILES, carried.credentials());
                return;
            }
            marks.poll();
        }
    }

    @Override
    public long receive(IoBuffer target, boolean peek, long from) {
        long moved = super.receive(target, peek, from);
        if (!peek && moved > 0) {
            taken += moved;
        }
        return moved;
    }

    @Override
    public long discard(long length) {
        long skipped = super.discard(length);
        if (skipped > 0) {
            taken += skipped;
        }
        return skipped;
    }

    @Override
    public void shutdown(int how) {
        StreamEnd other = peer;
        if (how != SocketConstants.SHUT_WR) {
            receiveShut = true;
            if (other != null) {
                other.sendShut = true;
            }
        }
        if (how != SocketConstants.SHUT_RD) {
            sendShut = true;
            if (other != null) {
                other.receiveShut = true;
            }
        }
        queue.wakeAll();
        if (other != null) {
            other.queue.wakeAll();
        }
    }

    @Override
    public void forEachMessage(Consumer<Ancillary> visitor) {
        for (Mark mark : marks) {
            visitor.accept(mark.carried);
        }
    }

    @Override
    public void close() {
        boolean unread = incoming.size() > 0;
        for (Mark mark = marks.poll(); mark != null; mark = marks.poll()) {
            mark.carried.drop();
        }
        incoming.clear();
        StreamEnd other = peer;
        peer = null;
        receiveShut = true;
        sendShut = true;
        if (other != null) {
            other.peer = null;
            other.receiveShut = true;
            other.sendShut = true;
            if (unread) {
                other.error = Errno.ECONNRESET;
            }
            other.queue.wake(PollEvents.ALL);
        }
    }
}
