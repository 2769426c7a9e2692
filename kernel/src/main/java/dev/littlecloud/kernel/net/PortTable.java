package dev.littlecloud.kernel.net;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who has which port of one protocol, and the rules for sharing one; socket(7), "SO_REUSEADDR" and
 * "SO_REUSEPORT". Guarded by the instance lock.
 *
 * @param <S> the sockets of the protocol
 */
final class PortTable<S extends PortUser> {
    /** net.ipv4.ip_local_port_range of Linux. */
    static final int FIRST_EPHEMERAL = 32768;

    static final int LAST_EPHEMERAL = 60999;

    private static final class Bucket<S> {
        final int port;
        final List<S> sockets = new ArrayList<>(1);
        @Nullable Bucket<S> next;

        Bucket(int port) {
            this.port = port;
        }
    }

    private final boolean stream;

    /** A hash table by port; its size is a power of two. */
    private List<@Nullable Bucket<S>> buckets = empty(64);

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
    boolean conflicts(S socket) {
        Bucket<S> bucket = bucket(socket.local().port());
        if (bucket == null) {
            return false;
        }
        for (S other : bucket.sockets) {
            if (other != socket && overlap(socket, other) && !mayShare(socket, other)) {
                return true;
            }
        }
        return false;
    }

    private static boolean overlap(PortUser one, PortUser other) {
        if (!one.local().isAny() && !other.local().isAny()) {
            return one.local().sameAddress(other.local());
        }
        return (one.coversV4() && other.coversV4()) || (one.coversV6() && other.coversV6());
    }

    private boolean mayShare(PortUser one, PortUser other) {
        if (one.sharesPort() && other.sharesPort() && one.owner() == other.owner()) {
            return true;
        }
        boolean bothReuse = one.sharesAddress() && other.sharesAddress();
        return bothReuse && !(stream && (other.isListening() || one.isListening()));
    }

    /** A port that nobody has, or 0. */
    int ephemeral() {
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

    void add(S socket) {
        int port = socket.local().port();
        Bucket<S> bucket = bucket(port);
        if (bucket == null) {
            bucket = new Bucket<>(port);
            insert(bucket);
            if (++bucketCount > buckets.size()) {
                rehash();
            }
        }
        bucket.sockets.add(socket);
    }

    void remove(S socket) {
        Bucket<S> bucket = bucket(socket.local().port());
        if (bucket != null && bucket.sockets.remove(socket) && bucket.sockets.isEmpty()) {
            unlink(bucket);
        }
    }

    /** The listening socket for connections to {@code destination}, or null. */
    @Nullable S listener(InetEndpoint destination, int sourceHash) {
        return best(destination, null, sourceHash);
    }

    /** The socket that a datagram from {@code source} to {@code destination} is for, or null. */
    @Nullable S receiver(InetEndpoint destination, InetEndpoint source) {
        return best(destination, source, source.port());
    }

    /** The socket that has a port at an address, whatever it is connected to, or null. */
    @Nullable S owner(InetEndpoint destination) {
        return best(destination, null, 0);
    }

    /** All sockets that a datagram from {@code source} to a group may be for. */
    List<S> receivers(InetEndpoint group, InetEndpoint source) {
        List<S> found = new ArrayList<>();
        Bucket<S> bucket = bucket(group.port());
        if (bucket != null) {
            for (S socket : bucket.sockets) {
                if (score(socket, group, source) > 0) {
                    found.add(socket);
                }
            }
        }
        return found;
    }

    /**
     * The best match: a connected socket over one with the address over a wildcard; among equals
     * the last, or where all share by SO_REUSEPORT one chosen by the source.
     */
    private @Nullable S best(
            InetEndpoint destination, @Nullable InetEndpoint source, int sourceHash) {
        Bucket<S> bucket = bucket(destination.port());
        if (bucket == null) {
            return null;
        }
        int bestScore = 0;
        int equals = 0;
        S best = null;
        for (int i = 0; i < bucket.sockets.size(); i++) {
            S socket = bucket.sockets.get(i);
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
        if (equals > 1 && best != null && best.sharesPort()) {
            int chosen = Math.floorMod((sourceHash * 0x9E3779B1) >>> 8, equals);
            for (int i = 0; i < bucket.sockets.size(); i++) {
                S socket = bucket.sockets.get(i);
                if (score(socket, destination, source) == bestScore && chosen-- == 0) {
                    return socket;
                }
            }
        }
        return best;
    }

    private int score(S socket, InetEndpoint destination, @Nullable InetEndpoint source) {
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

    private static <S> List<@Nullable Bucket<S>> empty(int size) {
        return new ArrayList<>(Collections.nCopies(size, null));
    }

    private int slot(int port) {
        return port & (buckets.size() - 1);
    }

    private @Nullable Bucket<S> bucket(int port) {
        Bucket<S> bucket = buckets.get(slot(port));
        while (bucket != null && bucket.port != port) {
            bucket = bucket.next;
        }
        return bucket;
    }

    private void insert(Bucket<S> bucket) {
        bucket.next = buckets.set(slot(bucket.port), bucket);
    }

    private void unlink(Bucket<S> bucket) {
        bucketCount--;
        int slot = slot(bucket.port);
        Bucket<S> before = buckets.get(slot);
        if (before == bucket) {
            buckets.set(slot, bucket.next);
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
        List<@Nullable Bucket<S>> old = buckets;
        buckets = empty(old.size() * 2);
        for (Bucket<S> first : old) {
            for (Bucket<S> bucket = first; bucket != null; ) {
                Bucket<S> next = bucket.next;
                insert(bucket);
                bucket = next;
            }
        }
    }
}
