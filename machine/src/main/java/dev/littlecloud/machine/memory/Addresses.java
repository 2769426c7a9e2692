package dev.littlecloud.machine.memory;

import dev.littlecloud.sys.Mappings;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Host addresses for guest memory that is put together of several mappings. To put a mapping in the
 * place of another one makes the host tell all machines of the process, of which there may be
 * thousands; so the parts go where nothing was. Thread-safe.
 */
final class Addresses {
    /** Far from where the host puts things by itself: it begins at the upper end. */
    private static final long FIRST = 0x2000_0000_0000L;

    private static final long END = 0x6000_0000_0000L;
    private static final long ALIGNMENT = 2L << 20;

    /** How often a range that somebody else has is passed over. */
    private static final int TRIES = 64;

    private static long next = FIRST;
    private static final Map<Long, ArrayDeque<Long>> FREE = new HashMap<>();

    private Addresses() {}

    /**
     * Maps a file into a part of a range that is ours; the rest of it is free.
     *
     * @param bytes of the range
     * @param from where in the range the part begins
     * @param to where it ends
     * @return where the range is, or -errno
     */
    static long map(long bytes, long from, long to, int flags, int fd) {
        long address = -1;
        for (int i = 0; i < TRIES; i++) {
            long place = take(bytes);
            address = mapAt(place + from, to - from, flags, fd);
            if (address == place + from) {
                return place;
            }
        }
        return address;
    }

    /** Maps a part in a range that is ours, where nothing is: whatever else the host put there stays. */
    static long mapAt(long place, long bytes, int flags, int fd) {
        int access = Mappings.PROT_READ | Mappings.PROT_WRITE;
        return Mappings.map(place, bytes, access, flags | Mappings.MAP_FIXED_NOREPLACE, fd, 0);
    }

    private static synchronized long take(long bytes) {
        ArrayDeque<Long> free = FREE.get(bytes);
        Long again = free == null ? null : free.pollLast();
        if (again != null) {
            return again;
        }
        long place = next;
        next = place + bytes + ALIGNMENT - 1 & -ALIGNMENT;
        if (next > END) {
            next = FIRST;
        }
        return place;
    }

    /** A range is free again: all of it was unmapped. */
    static synchronized void give(long place, long bytes) {
        FREE.computeIfAbsent(bytes, _ -> new ArrayDeque<>()).add(place);
    }
}
