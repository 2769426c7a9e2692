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

    private final byte[] heat = new byte[1024];
    private final GuestMemory memory;
    private final Frames frames;

    public CallSites(GuestMemory memory, Frames frames) {
        this.memory = memory;
        this.frames = frames;
    }

    /** A call came by the {@code syscall} instruction at {@code site}. */
    public void entered(AddressSpace space, long site) {
        int slot = (int) (site ^ site >>> 10 ^ site >>> 20) & heat.length - 1;
        if (++heat[slot] < THRESHOLD) {
            return;
        }
        heat[slot] = 0;
        rewrite(space, site);
    }

    private void rewrite(AddressSpace space, long site) {
        // The store must look atomic to processors that execute these bytes.
        if ((site & 7) == 7) {
            return;
        }
        Vma area = space.areaAt(site);
        if (area == null
                || area.file == null
                || area.shared
                || area.protection != (Vma.READ | Vma.EXEC)) {
            return;
        }
        long page = site & -Frames.SIZE;
        long entry = space.tables().entry(page);
        if (!Pte.isPresent(entry) || Pte.isAnonymous(entry)) {
            return;
        }
        long index = area.filePage + ((page - area.start) >> Frames.SHIFT);
        int frame = area.file.patches().find(index);
        if (frame < 0) {
            frame = copy(area.file, index, Pte.address(entry));
            if (frame < 0) {
                return;
            }
        }
        long offset = ((long) frame << Frames.SHIFT) + (site & Frames.SIZE - 1);
        MemorySegment ram = memory.ram();
        if (ram.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset) == SYSCALL) {
            ram.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, Vcpu.PATCHED_SYSCALL);
        }
        long patched = Frames.address(frame);
        if (Pte.address(entry) != patched) {
            long flags = entry & ~PageTables.ADDRESS_MASK & ~PageTables.ACCESSED;
            long old = space.tables().exchange(page, patched | flags);
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
            file.patches().keep(index, frame);
        }
        return frame;
    }
}
