package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Page tables of processes that have ended, with the pages in them, for the next process of the same
 * program and user: it gets the same places, so that translations which a host holds for a page table
 * are right again once the same is mapped there. A host that shadows page tables otherwise looks each
 * of them up anew. Nothing that was written can be read: pages are wiped before the next program
 * begins. Guarded by the instance lock.
 */
public final class EndedSpaces {
    /** Programs whose processes are counted; the one that was started longest ago is forgotten. */
    private static final int MOST_PROGRAMS = 64;

    /** Of a program that is started for the second time something is kept. */
    private static final int STARTED_AGAIN = 2;

    /** Kept of one program: so many run at a time where a build uses all processors. */
    private static final int MOST_OF_PROGRAM = 8;

    /** So many processes in a row get the same places. */
    private static final int MOST_ROUNDS = 64;

    /** One part in so many of an instance's memory may be kept. */
    private static final int MOST_PART = 8;

    /** With less than one part in so many free, nothing is kept. */
    private static final int SCARCE_PART = 4;

    /**
     * Processes that may have the same places.
     *
     * @param version of the program's file
     * @param identity of the user, who knows the places
     * @param stackLimit decides where mappings begin
     */
    record Kind(PageCache program, int version, Object identity, long stackLimit) {}

    /**
     * What one process left.
     *
     * @param frames that are kept
     * @param rounds how many processes have had these places
     */
    record Ended(PageTables tables, Placement placement, int frames, int rounds) {}

    private static final class OfProgram {
        private int starts;
        private final Deque<Ended> ended = new ArrayDeque<>();
    }

    private final GuestMemory memory;
    private final Frames frames;

    /** Not part of a frozen instance. */
    private transient @Nullable Map<Kind, OfProgram> programs;

    private transient int spaceCount;
    private transient int frameCount;

    EndedSpaces(GuestMemory memory, Frames frames) {
        this.memory = memory;
        this.frames = frames;
        frames.onScarcity(this::trim);
    }

    /** A process of a kind begins: what it is to take over, or null. */
    @Nullable Ended take(Kind kind) {
        Map<Kind, OfProgram> known = programs;
        if (known == null) {
            known = new LinkedHashMap<>();
            programs = known;
        }
        OfProgram found = known.remove(kind);
        if (found == null) {
            found = new OfProgram();
            if (known.size() == MOST_PROGRAMS) {
                Iterator<OfProgram> oldest = known.values().iterator();
                drop(oldest.next());
                oldest.remove();
            }
        }
        known.put(kind, found);
        found.starts++;
        Ended taken = found.ended.pollLast();
        if (taken != null) {
            spaceCount--;
            frameCount -= taken.frames;
        }
        return taken;
    }

    /** Whether a process of a kind that ends, and held so many frames, is worth being kept. */
    boolean isWanted(Kind kind, int count, int rounds) {
        OfProgram found = programs == null ? null : programs.get(kind);
        return found != null
                && found.starts >= STARTED_AGAIN
                && found.ended.size() < MOST_OF_PROGRAM
                && rounds < MOST_ROUNDS
                && kind.version == kind.program.version()
                && frameCount + count <= frames.capacity() / MOST_PART
                && frames.available() > frames.capacity() / SCARCE_PART;
    }

    /** Keeps what a process left that {@link #isWanted}. */
    void keep(Kind kind, Ended ended) {
        OfProgram found = programs == null ? null : programs.get(kind);
        if (found == null) {
            drop(ended);
            return;
        }
        found.ended.addLast(ended);
        spaceCount++;
        frameCount += ended.frames;
    }

    /** Gives all of it back; whether there was any. */
    public boolean trim() {
        Map<Kind, OfProgram> known = programs;
        if (known == null || spaceCount == 0) {
            return false;
        }
        known.values().forEach(this::drop);
        return true;
    }

    private void drop(OfProgram program) {
        for (Ended ended : program.ended) {
            spaceCount--;
            frameCount -= ended.frames;
            drop(ended);
        }
        program.ended.clear();
    }

    private void drop(Ended ended) {
        KeptPages.drop(memory, frames, ended.tables);
    }
}
