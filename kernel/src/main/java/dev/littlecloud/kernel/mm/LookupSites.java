package dev.littlecloud.kernel.mm;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import java.util.Arrays;

/**
 * The call sites of one address space that look in {@link KnownLookups} first, and for whom they do:
 * all threads must see the same of the tree of files. Guarded by the instance lock.
 */
final class LookupSites {
    private final GuestMemory memory;
    private final Frames frames;
    private final KnownLookups known;
    private int codeFrame = -1;

    /** Whether there was no memory for it. */
    private boolean isWithout;

    /** By index of a part: the number of the call, and the site in {@link PostedCode}. */
    private int[] numbers = {};

    private int[] sites = {};
    private int count;

    /** Who its threads are; 0 where nobody has asked yet. */
    private int view;

    /** Whether its threads may be different ones. */
    private boolean isMixed;

    /**
     * Whether a descriptor is left: {@code open} looks for one before it looks for the file. Not known
     * of a forked address space before its first call.
     */
    private boolean mayOpen;

    LookupSites(GuestMemory memory, Frames frames, KnownLookups known) {
        this.memory = memory;
        this.frames = frames;
        this.known = known;
    }

    /** For a forked address space. Its page comes with those of posted calls. */
    void copyTo(LookupSites child) {
        child.numbers = numbers.clone();
        child.sites = sites.clone();
        child.count = count;
        child.view = isMixed ? 0 : view;
    }

    void close() {
        if (codeFrame >= 0) {
            frames.release(codeFrame);
            codeFrame = -1;
        }
    }

    /** A call of a number is made at a site; it looks up from now on if it may. */
    void add(int site, int number) {
        LookupCall call = LookupCall.of(number);
        int parts = call == null || isWithout ? 0 : LookupCode.parts(call);
        if (parts == 0 || count + parts > LookupCode.MAX_PARTS) {
            return;
        }
        if (count + parts > sites.length) {
            sites = Arrays.copyOf(sites, Math.max(4, count * 2));
            numbers = Arrays.copyOf(numbers, sites.length);
        }
        Arrays.fill(sites, count, count + parts, site);
        Arrays.fill(numbers, count, count + parts, number);
        count += parts;
    }

    /** A site that was just added is none. */
    void remove(int site) {
        while (count > 0 && sites[count - 1] == site) {
            count--;
        }
    }

    /** Where a site's code goes on: to its part, or to what posts the call. */
    long entry(int site, PageTables tables) {
        int index = find(site);
        LookupCall call = index < 0 ? null : LookupCall.of(numbers[index]);
        if (call == null || !map(tables)) {
            return PostedCode.PAGE;
        }
        long code = (long) codeFrame << Frames.SHIFT;
        LookupCode.write(memory.ram(), code, index, call, PostedCode.tail(site));
        identify(index);
        return LookupCode.entry(index);
    }

    private boolean map(PageTables tables) {
        if (codeFrame >= 0) {
            return true;
        }
        int frame = known.prepare(frames) ? frames.allocate() : -1;
        if (frame < 0) {
            isWithout = true;
            count = 0;
            return false;
        }
        codeFrame = frame;
        long flags = Pte.anticipated(PageTables.PRESENT | PageTables.USER);
        tables.map(LookupCode.PAGE, Frames.address(frame), flags);
        known.map(tables);
        return true;
    }

    private int find(int site) {
        for (int index = 0; index < count; index++) {
            if (sites[index] == site) {
                return index;
            }
        }
        return -1;
    }

    // ---- For whom

    /** Its threads see what all do that have this number. */
    void view(int number) {
        if (!isMixed && view != number) {
            view = number;
            identify();
        }
    }

    /**
     * A thread has become somebody else.
     *
     * @param isShared whether there are others
     */
    void changed(boolean isShared) {
        isMixed |= isShared;
        view = 0;
        identify();
    }

    /** Whether its threads have a descriptor left, and will until one of them makes a call. */
    void mayOpen(boolean hasRoom) {
        if (mayOpen != hasRoom) {
            mayOpen = hasRoom;
            identify();
        }
    }

    private void identify() {
        for (int index = 0; codeFrame >= 0 && index < count; index++) {
            identify(index);
        }
    }

    private void identify(int index) {
        LookupCall call = LookupCall.of(numbers[index]);
        boolean isAnswered = view != 0 && call != null && (mayOpen || !call.isOpen());
        int subject = isAnswered ? KnownLookups.subject(numbers[index], view) : 0;
        long code = (long) codeFrame << Frames.SHIFT;
        memory.ram().set(JAVA_INT, code + LookupCode.subject(index), subject);
    }

    // ---- Threads that left amid a lookup

    /** The site in whose code a thread is at {@code rip}, or -1. */
    int siteAt(long rip) {
        int index = LookupCode.siteAt(rip);
        return index >= 0 && index < count ? sites[index] : -1;
    }

    /** The number of the call of a thread that is at {@code rip} there. */
    long numberAt(long rip, long rax) {
        return LookupCode.hasLostNumber(rip) ? numbers[LookupCode.siteAt(rip)] : rax;
    }
}
