package dev.littlecloud.kernel.mm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls for absolute paths that failed, and will fail again until one of the directories changes in
 * which they were looked up: a table in guest memory that {@link LookupCode} reads. A compiler asks
 * a thousand times for the same few hundred paths. Guarded by the instance lock; programs read it at
 * any time, and cannot write it.
 */
public final class FailedLookups {
    /** Where programs see it. */
    static final long TABLE = 0x4000;

    /** The longest path that has room. */
    public static final int MAX_PATH = 110;

    private static final int ENTRY_BYTES = 128;
    private static final int ENTRIES = 256;
    private static final int FRAME_ENTRIES = Frames.SIZE / ENTRY_BYTES;
    private static final int PAGES = ENTRIES / FRAME_ENTRIES;
    private static final int INDEX_SHIFT = 24;

    // Fields of an entry. The tag: the hash, a sequence number, and the result in the highest byte.
    private static final int TAG = 0;
    private static final int KEY = 8;
    private static final int SUBJECT = 12;
    private static final int PATH = 16;

    private static final int SEQUENCE_SHIFT = 32;
    private static final int SEQUENCES = 1 << 24;
    private static final int RESULT_SHIFT = 56;

    private static final int FACTOR = 0x5bd1e995;
    private static final int LAST_FACTOR = 0x2c1b3c6d;
    private static final int ROTATION = 15;
    private static final int VIEW_BITS = 16;

    /** Failures that were seen once, by their hashes: most of them are not seen again. */
    private static final int SEEN = 1024;

    /** An entry gives way to one in so many that have no room: most are asked for again. */
    private static final int PERSISTENCE = 4;

    /** Fewer free frames than this (4 MiB): programs need them more. */
    private static final int SCARCE = 1024;

    private static final VarHandle TAGS = JAVA_LONG.varHandle().withInvokeExactBehavior();

    /** A directory whose change may make a lookup succeed. */
    public interface Place {
        /** Somebody has to be told of changes from now on: {@link FailedLookups#forget}. */
        void reliedOn();
    }

    private final GuestMemory memory;

    /** None before the first program looks up. */
    private int[] frames = {};

    /**
     * What an entry says.
     *
     * @param places where the path was looked for
     */
    private record Known(Place[] places) {
        boolean isOf(Place place) {
            return Arrays.asList(places).contains(place);
        }
    }

    private final @Nullable Known[] entries = new @Nullable Known[ENTRIES];

    private final int[] seen = new int[SEEN];
    private int turnedAway;
    private int sequence;

    FailedLookups(GuestMemory memory) {
        this.memory = memory;
    }

    /** Whether there are programs that look up. */
    public boolean isUsed() {
        return frames.length > 0;
    }

    /** Has the table be there; false where there is no memory for it. */
    boolean prepare(Frames from) {
        if (isUsed()) {
            return true;
        }
        if (from.available() < SCARCE) {
            return false;
        }
        int[] taken = new int[PAGES];
        for (int i = 0; i < PAGES; i++) {
            taken[i] = from.allocate();
            if (taken[i] < 0) {
                throw new IllegalStateException("there were free frames");
            }
        }
        frames = taken;
        return true;
    }

    /** Gives an address space the table. */
    void map(PageTables tables) {
        long flags = PageTables.PRESENT | PageTables.USER | PageTables.NO_EXECUTE;
        for (int i = 0; i < frames.length; i++) {
            long page = TABLE + ((long) i << Frames.SHIFT);
            tables.map(page, Frames.address(frames[i]), Pte.anticipated(flags));
        }
    }

    /** What tells calls of one number by one kind of caller from others; never 0. */
    static int subject(int number, int view) {
        return number << VIEW_BITS | view;
    }

    /**
     * A call failed.
     *
     * @param view who made it, and so what may be seen: 1 to 65,535
     * @param key the argument that matters beside the path
     * @param path absolute, of at most {@link #MAX_PATH} characters of a byte each
     * @param result -errno
     * @param where the directories in which it was looked up
     */
    public void put(
            LookupCall call, int view, int key, String path, int result, List<Place> where) {
        int subject = subject(call.number(), view);
        int hash = hash(subject, key, path);
        int index = isUsed() && path.length() <= MAX_PATH && isAgain(hash) ? room(hash) : -1;
        if (index < 0) {
            return;
        }
        clear(index);
        MemorySegment ram = memory.ram();
        long at = offset(index);
        for (int i = 0; i < path.length(); i++) {
            ram.set(JAVA_BYTE, at + PATH + i, (byte) path.charAt(i));
        }
        ram.set(JAVA_BYTE, at + PATH + path.length(), (byte) 0);
        ram.set(JAVA_INT, at + KEY, key);
        ram.set(JAVA_INT, at + SUBJECT, subject);
        sequence = (sequence + 1) % SEQUENCES;
        long tag =
                Integer.toUnsignedLong(hash)
                        | (long) sequence << SEQUENCE_SHIFT
                        | (long) result << RESULT_SHIFT;
        TAGS.setVolatile(ram, at + TAG, tag);
        entries[index] = new Known(where.toArray(Place[]::new));
        where.forEach(Place::reliedOn);
    }

    /** Whether it was seen before; 0 is what empty entries have. */
    private boolean isAgain(int hash) {
        boolean isKnown = seen[hash & SEEN - 1] == hash;
        seen[hash & SEEN - 1] = hash;
        return isKnown && hash != 0;
    }

    /** The entry that it may have, one of two; -1 for none. */
    private int room(int hash) {
        int first = hash >>> INDEX_SHIFT;
        int second = first ^ 1;
        if (entries[first] == null || hashAt(first) == hash) {
            return first;
        }
        if (entries[second] == null || hashAt(second) == hash) {
            return second;
        }
        int turn = ++turnedAway;
        return turn % PERSISTENCE != 0 ? -1 : turn % (2 * PERSISTENCE) == 0 ? first : second;
    }

    private int hashAt(int index) {
        return memory.ram().get(JAVA_INT, offset(index) + TAG);
    }

    private static int hash(int subject, int key, String path) {
        int hash = subject ^ key;
        for (int i = 0; i < path.length(); i++) {
            hash = Integer.rotateRight((hash ^ path.charAt(i) & 0xff) * FACTOR, ROTATION);
        }
        return hash * LAST_FACTOR;
    }

    /** What is in a directory has changed, or who may look at it. */
    public void forget(Place changed) {
        for (int index = 0; index < ENTRIES; index++) {
            Known known = entries[index];
            if (known != null && known.isOf(changed)) {
                clear(index);
            }
        }
    }

    private void clear(int index) {
        entries[index] = null;
        // No thread may take what it reads from now on for the former entry.
        TAGS.setVolatile(memory.ram(), offset(index) + TAG, 0L);
        VarHandle.fullFence();
        memory.ram().set(JAVA_INT, offset(index) + SUBJECT, 0);
    }

    private long offset(int index) {
        long frame = frames[index / FRAME_ENTRIES];
        return (frame << Frames.SHIFT) + (long) index % FRAME_ENTRIES * ENTRY_BYTES;
    }
}
