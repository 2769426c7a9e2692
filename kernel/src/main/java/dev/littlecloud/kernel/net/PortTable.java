package dev.littlecloud.kernel.net;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Who has which port of one protocol, and the rules for sharing one; socket(7), "SO_REUSEADDR" and
 * "SO_REUSEPORT". Guarded by the instance lock.
 */
final class PortTable {
    /** net.ipv4.ip_local_port_range of Linux. */
    static final int FIRST_EPHEMERAL = 32768;

    static final int LAST_EPHEMERAL = 60999;

    private static final class Bucket {
        final int port;
        InetSocket[] sockets = new InetSocket[1];
        int count;
        @Nullable Bucket next;

        Bucket(int port) {
            this.port = port;
        }
    }

    private final boolean stream;
    private @Nullable Bucket[] buckets = new @Nullable Bucket[64];
    private int bucketCount;
    private int nextEphemeral;

    /**
     * @param stream whether the protocol is TCP
     * @param random where ephemeral ports begin
     */
    PortTable(boolean stream, int random) {
        this.stream = stream;
        this.nextEphemeral = Math.floorMod(random, LAST_EPHEMERAL - FIRST_EPHEMERAL + 1);
    }

    /** Whether the port that {@code socket} wants cannot be had beside those who have it. */
    boolean conflicts(InetSocket socket) {
        Bucket bucket = bucket(socket.local().port());
        for (int i = 0; bucket != null && i < bucket.count; i++) {
            InetSocket other = bucket.sockets[i];
            if (other != socket && overlap(socket, other) && !mayShare(socket, other)) {
                return true;
            }
        }
        return false;
    }

    private static boolean overlap(InetSocket one, InetSocket other) {
        if (!one.local().isAny() && !other.local().isAny()) {
            return one.local().sameAddress(other.local());
        }
        return (one.coversV4() && other.coversV4()) || (one.coversV6() && other.coversV6());
    }

    private boolean mayShare(InetSocket one, InetSocket other) {
        if (one.options().reusePort && other.options().reusePort && one.owner == other.owner) {
            return true;
        }
        boolean bothReuse = one.options().reuseAddress && other.options().reuseAddress;
        return bothReuse && !(stream && (other.isListening() || one.isListening()));
    }

    /** A free port for {@code socket}, or 0. */
    int ephemeral(InetSocket socket) {
        int range = LAST_EPHEMERAL - FIRST_EPHEMERAL + 1;
        for (int i = 0; i < range; i++) {
            int port = FIRST_EPHEMERAL + nextEphemeral;
            nextEphemeral = (nextEphemeral + 1) % range;
            if (bucket(port) == null) {
                return port;
            }
        }
        return 0;
    }

    void add(InetSocket socket) {
        int port = socket.local().port();
        Bucket bucket = bucket(port);
        if (bucket == null) {
            bucket = new Bucket(port);
            insert(bucket);
            if (++bucketCount > buckets.length) {
                rehash();
            }
        }
        if (bucket.count == bucket.sockets.length) {
            bucket.sockets = Arrays.copyOf(bucket.sockets, bucket.count * 2);
        }
        bucket.sockets[bucket.count++] = socket;
    }

    void remove(InetSocket socket) {
        Bucket bucket = bucket(socket.local().port());
        if (bucket == null) {
            return;
        }
        for (int i = bucket.count - 1; i >= 0; i--) {
            if (bucket.sockets[i] == socket) {
                int after = bucket.count - i - 1;
                System.arraycopy(bucket.sockets, i + 1, bucket.sockets, i, after);
                clearLast(bucket);
                break;
            }
        }
        if (bucket.count == 0) {
            unlink(bucket);
        }
    }

    @SuppressWarnings("NullAway") // slots from count on are never read
    private static void clearLast(Bucket bucket) {
        bucket.sockets[--bucket.count] = null;
    }

    /** The listening socket for connections to {@code destination}, or null. */
    @Nullable TcpSocket listener(InetEndpoint destination, int sourceHash) {
        InetSocket best = best(destination, null, sourceHash);
        return (TcpSocket) best;
    }

    /** The socket that a datagram from {@code source} to {@code destination} is for, or null. */
    @Nullable InetSocket receiver(InetEndpoint destination, InetEndpoint source) {
        return best(destination, source, source.port());
    }

    /**
     * The best match: a connected socket over one with the address over a wildcard; among equals
     * the last, or where all share by SO_REUSEPORT one chosen by the source.
     */
    private @Nullable InetSocket best(
            InetEndpoint destination, @Nullable InetEndpoint source, int sourceHash) {
        Bucket bucket = bucket(destination.port());
        if (bucket == null) {
            return null;
        }
        int bestScore = 0;
        int equals = 0;
        InetSocket best = null;
        for (int i = 0; i < bucket.count; i++) {
            InetSocket socket = bucket.sockets[i];
            int score = score(socket, destination, source);
            if (score > bestScore) {
                bestScore = score;
                equals = 1;
                best = socket;
            } else if (score == bestScore && score > 0) {
                equals++;
                best = socket;
            }
        }
        if (equals > 1 && best != null && best.options().reusePort) {
            int chosen = Math.floorMod((sourceHash * 0x9E3779B1) >>> 8, equals);
            for (int i = 0; i < bucket.count; i++) {
                if (score(bucket.sockets[i], destination, source) == bestScore && chosen-- == 0) {
                    return bucket.sockets[i];
                }
            }
        }
        return best;
    }

    private int score(InetSocket socket, InetEndpoint destination, @Nullable InetEndpoint source) {
        if (stream && !socket.isListening()) {
            return 0;
        }
        InetEndpoint local = socket.local();
        int score;
        if (local.isAny()) {
            boolean covered = destination.isV4() ? socket.coversV4() : socket.coversV6();
            if (!covered) {
                return 0;
            }
            score = local.isV4() == destination.isV4() ? 2 : 1;
        } else if (local.sameAddress(destination)) {
            score = 4;
        } else {
            return 0;
        }
        InetEndpoint peer = socket.remote();
        if (source != null && peer != null) {
            if (!peer.sameAddress(source) || peer.port() != source.port()) {
                return 0;
            }
            score += 8;
        }
        return score;
    }

    private int slot(int port) {
        return port & buckets.length - 1;
    }

    private @Nullable Bucket bucket(int port) {
        Bucket bucket = buckets[slot(port)];
        while (bucket != null && bucket.port != port) {
            bucket = bucket.next;
        }
        return bucket;
    }

    private void insert(Bucket bucket) {
        int slot = slot(bucket.port);
        bucket.next = buckets[slot];
        buckets[slot] = bucket;
    }

    private void unlink(Bucket bucket) {
        int slot = slot(bucket.port);
        bucketCount--;
        Bucket before = buckets[slot];
        if (before == bucket) {
            buckets[slot] = bucket.next;
            return;
        }
        while (before != null && before.next != bucket) {
            before = before.next;
        }
        if (before != null) {
            before.next = bucket.next;
        }
    }

    private void rehash() {
        @Nullable Bucket[] old = buckets;
        buckets = new @Nullable Bucket[old.length * 2];
        for (Bucket first : old) {
            for (Bucket bucket = first; bucket != null; ) {
                Bucket next = bucket.next;
                insert(bucket);
                bucket = next;
            }
        }
    }
}
