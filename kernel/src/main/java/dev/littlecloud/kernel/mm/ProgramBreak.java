package dev.littlecloud.kernel.mm;

import org.jspecify.annotations.Nullable;

/** The heap that a program lengthens and shortens by its end; brk(2). */
public final class ProgramBreak {
    private final AddressSpace space;
    private long start;
    private long end;

    /** What processes of the same program touch of it; null where nothing is known of them. */
    private transient @Nullable TouchedPages touched;

    ProgramBreak(AddressSpace space) {
        this.space = space;
    }

    void copyFrom(ProgramBreak parent) {
        start = parent.start;
        end = parent.end;
        touched = parent.touched;
    }

    /** Places the heap of a program, which is empty then; called by execve(2). */
    public void place(long address, PageCache program) {
        start = address;
        end = address;
        touched = program.isLasting() ? space.heapPages(program) : null;
    }

    /** Where the heap begins. */
    public long start() {
        return start;
    }

    /** Where it ends. */
    public long end() {
        return end;
    }

    /** Moves the end of the heap; answers where it is then. */
    public long move(long wanted) {
        if (wanted < start || wanted > AddressSpace.HIGHEST) {
            return end;
        }
        long oldTop = AddressSpace.pageUp(end);
        long newTop = AddressSpace.pageUp(wanted);
        if (newTop > oldTop) {
            if (newTop - start > space.layout().dataLimit || !space.isFree(oldTop, newTop)) {
                return end;
            }
            int access = Vma.READ | Vma.WRITE;
            Vma more = space.map(oldTop, newTop - oldTop, access, false, null, 0, "[heap]");
            if (more == null) {
                return end;
            }
            if (touched != null) {
                more.learn(touched, start & -Frames.SIZE);
                space.anticipation().heapGrown(more);
            }
            space.merge(oldTop);
        } else if (newTop < oldTop && space.changes().unmap(newTop, oldTop) != 0) {
            return end;
        }
        end = wanted;
        return end;
    }
}
