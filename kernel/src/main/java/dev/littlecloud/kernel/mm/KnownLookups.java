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
 * Calls for absolute paths whose answer holds until one of the directories changes in which they were
 * looked up, or what they led to: a table in guest memory that {@link LookupCode} reads. A compiler
 * asks a thousand times for the same few hundred paths, most of which lead to nothing, and a server
 * for the same file with each request. Guarded by the instance lock; programs read it at any time,
 * and cannot write it.
 */
public final class KnownLookups {
    /** Where programs see what stat(2) says of what is there. */
    static final long STATUSES = 0x2000;

    private static final int STATUS_BYTES = 128;
    private static final int STATUS_COUNT = 64;
    private static final int STATUS_PAGES = STATUS_COUNT * STATUS_BYTES / Frames.SIZE;

    /** What a structure of stat(2) holds beside zeros; behind it stands the upper half of a tag. */
    public static final int STATUS_CONTENT = 120;

    /** Where programs see the entries. */
    static final long TABLE = STATUSES + (long) STATUS_PAGES * Frames.SIZE;

    /** The longest path that has room. */
    public static final int MAX_PATH = 110;

    private static final int ENTRY_BYTES = 128;
    private static final int ENTRIES = 256;
    private static final int FRAME_ENTRIES = Frames.SIZE / ENTRY_BYTES;
    private static final int PAGES = STATUS_PAGES + ENTRIES / FRAME_ENTRIES;
    private static final int INDEX_SHIFT = 24;

    // Fields of an entry. The tag: the hash, a sequence number, and in the highest byte the result,
    // or
    // where stat(2) succeeds the number of the status.
    private static final int TAG = 0;
    private static final int KEY = 8;
    private static final int SUBJECT = 12;
    private static final int PATH = 16;

    private static final int SEQUENCE_SHIFT = 32;
    private static final int SEQUENCES = 1 << 24;
    private static final int RESULT_SHIFT = 56;
    private static final int NO_STATUS = -1;

    /** The upper half of no tag that has a status: its result would be negative. */
    private static final long NO_TAG = -1;

    private static final int FACTOR = 0x5bd1e995;
    private static final int LAST_FACTOR = 0x2c1b3c6d;
    private static final int ROTATION = 15;
    private static final int VIEW_BITS = 16;

    /** Answers that were seen once, by their hashes: most of them are not seen again. */
    private static final int SEEN = 1024;

    /** An entry gives way to one in so many that have no room: most are asked for again. */
    private static final int PERSISTENCE = 4;

    /** Fewer free frames than this (4 MiB): programs need them more. */
    private static final int SCARCE = 1024;

    private static final VarHandle TAGS = JAVA_LONG.varHandle().withInvokeExactBehavior();

    /** A directory or file whose change may change an answer. */
    public interface Place {
        /** The lookups are to be told of changes from now on: {@link KnownLookups#forget}. */
        void reliedOn(KnownLookups lookups);
    }

    private final GuestMemory memory;

    /** None before the first program looks up. */
    private int[] frames = {};

    /**
     * What an entry says.
     *
     * @param places where the path was looked for, and what it led to
     * @param status the number of its status, or {@link #NO_STATUS}
     */
    private record Known(Place[] places, int status) {
        boolean isOf(Place place) {
            return Arrays.asList(places).contains(place);
        }
    }

    private final @Nullable Known[] entries = new @Nullable Known[ENTRIES];

    /** By the number of a status: the index of the entry that has it, or -1. */
    private final int[] holders = new int[STATUS_COUNT];

    private int lastStatus;
    private final int[] seen = new int[SEEN];
    private int turnedAway;
    private int sequence;

    KnownLookups(GuestMemory memory) {
        this.memory = memory;
        Arrays.fill(holders, -1);
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
            long page = STATUSES + ((long) i << Frames.SHIFT);
            tables.map(page, Frames.address(frames[i]), Pte.anticipated(flags));
        }
    }

    /** What tells calls of one number by one kind of caller from others; never 0. */
    static int subject(int number, int view) {
        return number << VIEW_BITS | view;
    }

    /**
     * Whether a call was seen before, so that its answer is worth being told.
     *
     * @param view who made it, and so what may be seen: 1 to 65,535
     * @param key the argument that matters beside the path
     * @param path absolute, of at most {@link #MAX_PATH} characters of a byte each
     */
    public boolean isAgain(LookupCall call, int view, int key, String path) {
        int hash = hash(subject(call.number(), view), key, path);
        boolean isKnown = seen[hash & SEEN - 1] == hash;
        seen[hash & SEEN - 1] = hash;
        // 0 is what empty entries have.
        return isKnown && hash != 0;
    }

    /**
     * A call that was seen before has an answer that lasts.
     *
     * @param result 0 or -errno
     * @param status the first {@link #STATUS_CONTENT} bytes of what it tells beside that; or none
     * @param where the directories in which the path was looked up, and what it led to
     */
    public void put(
            LookupCall call,
            int view,
            int key,
            String path,
            int result,
            byte[] status,
            List<Place> where) {
        int subject = subject(call.number(), view);
        int hash = hash(subject, key, path);
        int index = room(hash);
        if (index < 0) {
            return;
        }
        clear(index);
        int number = status.length == 0 ? NO_STATUS : freeStatus();
        MemorySegment ram = memory.ram();
        long at = offset(index);
        for (int i = 0; i < path.length(); i++) {
            ram.set(JAVA_BYTE, at + PATH + i, (byte) path.charAt(i));
        }
        ram.set(JAVA_BYTE, at + PATH + path.length(), (byte) 0);
        ram.set(JAVA_INT, at + KEY, key);
        ram.set(JAVA_INT, at + SUBJECT, subject);
        sequence = (sequence + 1) % SEQUENCES;
        long told = number == NO_STATUS ? result : number;
        long tag =
                Integer.toUnsignedLong(hash)
                        | (long) sequence << SEQUENCE_SHIFT
                        | told << RESULT_SHIFT;
        Known known = new Known(where.toArray(Place[]::new), number);
        if (number != NO_STATUS) {
            MemorySegment.copy(status, 0, ram, JAVA_BYTE, statusOffset(number), STATUS_CONTENT);
            TAGS.setVolatile(ram, statusOffset(number) + STATUS_CONTENT, tag >>> SEQUENCE_SHIFT);
            holders[number] = index;
        }
        TAGS.setVolatile(ram, at + TAG, tag);
        entries[index] = known;
        for (Place place : where) {
            place.reliedOn(this);
        }
    }

    /** A status that is nobody's, or was that of an entry which gives way. */
    private int freeStatus() {
        for (int number = 0; number < STATUS_COUNT; number++) {
            if (holders[number] < 0) {
                return number;
            }
        }
        lastStatus = (lastStatus + 1) % STATUS_COUNT;
        clear(holders[lastStatus]);
        return lastStatus;
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
        Known known = entries[index];
        entries[index] = null;
        // No thread may take what it reads from now on for the former entry.
        TAGS.setVolatile(memory.ram(), offset(index) + TAG, 0L);
        if (known != null && known.status() != NO_STATUS) {
            holders[known.status()] = -1;
            TAGS.setVolatile(memory.ram(), statusOffset(known.status()) + STATUS_CONTENT, NO_TAG);
        }
        VarHandle.fullFence();
        memory.ram().set(JAVA_INT, offset(index) + SUBJECT, 0);
    }

    private long offset(int index) {
        long frame = frames[STATUS_PAGES + index / FRAME_ENTRIES];
        return (frame << Frames.SHIFT) + (long) index % FRAME_ENTRIES * ENTRY_BYTES;
    }

    private long statusOffset(int number) {
        long at = (long) number * STATUS_BYTES;
        long frame = frames[(int) (at >>> Frames.SHIFT)];
        return (frame << Frames.SHIFT) + (at & Frames.SIZE - 1);
    }
}
