package dev.littlecloud.kernel.mm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import org.jspecify.annotations.Nullable;

/**
 * The call sites of one address space whose calls may answer themselves by {@link AnswerCode}.
 * Guarded by the instance lock.
 */
public final class AnswerSites {
    private final GuestMemory memory;
    private final Frames frames;
    private final AnswerCounts counts;
    private int codeFrame = -1;
    private @Nullable ActionTable actions;

    /** By index: what the site calls, and which it is in {@link PostedCode}. */
    private final @Nullable AnswerCode[] codes = new @Nullable AnswerCode[AnswerCode.MAX_SITES];

    private final int[] sites = new int[AnswerCode.MAX_SITES];
    private int count;

    AnswerSites(GuestMemory memory, Frames frames, AnswerCounts counts) {
        this.memory = memory;
        this.frames = frames;
        this.counts = counts;
    }

    /** For a forked address space. Its page comes with those of posted calls. */
    void copyTo(AnswerSites child) {
        System.arraycopy(codes, 0, child.codes, 0, count);
        System.arraycopy(sites, 0, child.sites, 0, count);
        child.count = count;
    }

    void close() {
        ActionTable table = actions;
        if (table != null) {
            table.close();
            frames.release(codeFrame);
            actions = null;
            codeFrame = -1;
        }
    }

    /**
     * Brings what programs counted to the counts of the instance.
     *
     * @param slotPage where the page of slots is, in RAM
     */
    void count(long slotPage) {
        for (int index = 0; index < count; index++) {
            AnswerCode code = codes[index];
            long at = slotPage + AnswerCode.counted(index);
            if (code != null) {
                counts.add(code, memory.ram().get(JAVA_LONG, at));
                memory.ram().set(JAVA_LONG, at, 0L);
            }
        }
    }

    /** A call of a number is made at a site; it answers itself from now on if it may. */
    void add(int site, int number) {
        AnswerCode code = AnswerCode.of(number);
        if (code != null && count < AnswerCode.MAX_SITES) {
            codes[count] = code;
            sites[count++] = site;
        }
    }

    /** A site that was just added is none. */
    void remove(int site) {
        if (count > 0 && sites[count - 1] == site) {
            count--;
        }
    }

    /** Where a site's code goes on: to its part, or to another. */
    long entry(int site, long other, PageTables tables) {
        for (int index = 0; index < count; index++) {
            AnswerCode code = codes[index];
            if (sites[index] == site && code != null && map(tables)) {
                code.write(memory.ram(), offset(), index, PostedCode.tail(site));
                return AnswerCode.entry(index);
            }
        }
        return other;
    }

    private boolean map(PageTables tables) {
        if (codeFrame >= 0) {
            return true;
        }
        codeFrame = frames.allocate();
        if (codeFrame < 0) {
            return false;
        }
        actions = new ActionTable(memory, offset());
        long flags = Pte.anticipated(PageTables.PRESENT | PageTables.USER);
        tables.map(AnswerCode.PAGE, Frames.address(codeFrame), flags);
        return true;
    }

    private long offset() {
        return (long) codeFrame << Frames.SHIFT;
    }

    /** Where its programs find the actions of their process; null without any site. */
    public @Nullable ActionTable actions() {
        return actions;
    }

    /** The site in whose code a thread is at {@code rip}, or -1. */
    int siteAt(long rip) {
        int index = AnswerCode.siteAt(rip);
        return index >= 0 && index < count ? sites[index] : -1;
    }

    /** Whether the call of a thread that is at {@code rip} there has its result. */
    boolean hasResult(long rip) {
        AnswerCode code = codes[AnswerCode.siteAt(rip)];
        return code != null && code.hasResult(rip);
    }

    /** The number of the call of a thread that is at {@code rip} there. */
    long numberAt(long rip, long rax) {
        AnswerCode code = codes[AnswerCode.siteAt(rip)];
        return code == null || code.hasNumber(rip) ? rax : code.number();
    }
}
