package dev.littlecloud.kernel.mm;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Vcpu;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rewrites {@code syscall} instructions that are used often to one that leaves
 * the guest without a detour through its supervisor mode. Both are two bytes. The rewritten page of
 * a program is kept with its file, so that every process of the instance that maps it has it.
 */
public final class CallSites {
    private static final short SYSCALL = 0x050F;

    /** A site pays for its rewriting when it was used so often. */
    private static final int THRESHOLD = 4;

    private static final int SLOTS = 1024;
    private static final int KNOWN = 256;

    private final byte[] heat = new byte[SLOTS];

    /** Sites known to be rewritten, by slot. */
    private final long[] rewritten = new long[KNOWN];

    private final GuestMemory memory;
    private final Frames frames;

    public CallSites(GuestMemory memory, Frames frames) {
        this.memory = memory;
        this.frames = frames;
    }

    /**
     * A call came by the {@code syscall} instruction at {@code site}.
     *
     * @param alone whether no processor is in the guest now
     */
    public void entered(AddressSpace space, long site, boolean alone) {
        int slot = slot(site);
        if (++heat[slot] < THRESHOLD) {
            return;
        }
        // The store must look atomic to processors that execute these bytes, or there be none.
        if ((site & 7) == 7 && !alone) {
            heat[slot] = THRESHOLD - 1;
            return;
        }
        heat[slot] = 0;
        rewrite(space, site);
    }

    /**
     * Whether the instruction at {@code site}, which left the guest as a rewritten one does, is one
     * that was rewritten. Programs can leave in the same way by themselves, and should not.
     */
    public boolean isRewritten(AddressSpace space, long site) {
        int slot = slot(site) & KNOWN - 1;
        if (rewritten[slot] == site) {
            return true;
        }
        Vma area = space.areaAt(site);
        if (area == null || area.file == null) {
            return false;
        }
        long page = site & -Frames.SIZE;
        int frame = area.file.patches().find(page(area, site));
        boolean found =
                frame >= 0
                        && !isAcrossPages(site)
                        && (Pte.address(space.tables().entry(page)) == Frames.address(frame)
                                || space.posted().isOwnPage(page))
                        && memory.ram().get(ValueLayout.JAVA_SHORT_UNALIGNED, offset(frame, site))
                                == Vcpu.PATCHED_SYSCALL;
        if (found) {
            rewritten[slot] = site;
        }
        return found;
    }

    private static int slot(long site) {
        return (int) (site ^ site >>> 10 ^ site >>> 20) & SLOTS - 1;
    }

    private static boolean isAcrossPages(long site) {
        return (site & Frames.SIZE - 1) == Frames.SIZE - 1;
    }

    private static long page(Vma area, long site) {
        return area.filePage + ((site - area.start) >> Frames.SHIFT);
    }

    private static long offset(int frame, long site) {
        return ((long) frame << Frames.SHIFT) + (site & Frames.SIZE - 1);
    }

    private void rewrite(AddressSpace space, long site) {
        Vma area = space.areaAt(site);
        if (area == null
                || area.file == null
                || isAcrossPages(site)
                || area.shared
                || area.protection != (Vma.READ | Vma.EXEC)
                || area.file.hasWritableMappings()) {
            return;
        }
        long page = site & -Frames.SIZE;
        long entry = space.tables().entry(page);
        if (!Pte.isPresent(entry) || Pte.isAnonymous(entry)) {
            return;
        }
        long index = page(area, site);
        int frame = area.file.patches().find(index);
        if (frame < 0) {
            frame = copy(area.file, index, Pte.address(entry));
            if (frame < 0) {
                return;
            }
        }
        long offset = offset(frame, site);
        MemorySegment ram = memory.ram();
        if (ram.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset) == SYSCALL) {
            ram.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, Vcpu.PATCHED_SYSCALL);
        }
        long patched = Frames.address(frame);
        if (Pte.address(entry) != patched) {
            long flags = entry & ~PageTables.ADDRESS_MASK & ~PageTables.ACCESSED;
            long old = space.tables().exchangeForAll(page, patched | flags);
            if (Pte.wasUsed(old)) {
                space.batch().zap(Pte.address(old));
                space.batch().flush();
            }
        }
    }

    private int copy(PageCache file, long index, long source) {
        int frame = frames.allocate(false);
        if (frame >= 0) {
            MemorySegment from = memory.at(source, Frames.SIZE);
            MemorySegment.copy(from, 0, memory.ram(), (long) frame << Frames.SHIFT, Frames.SIZE);
            file.patches().keep(index, frame, frames);
        }
        return frame;
    }
}
