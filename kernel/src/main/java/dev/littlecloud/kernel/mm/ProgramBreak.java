package dev.littlecloud.kernel.mm;

/** The heap that a program lengthens and shortens by its end; brk(2). */
public final class ProgramBreak {
    private final AddressSpace space;
    private long start;
    private long end;

    ProgramBreak(AddressSpace space) {
        this.space = space;
    }

    void copyFrom(ProgramBreak parent) {
        start = parent.start;
        end = parent.end;
    }

    /** Places the heap, which is empty then; called by execve(2). */
    public void place(long address) {
        start = address;
        end = address;
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
            if (space.map(oldTop, newTop - oldTop, Vma.READ | Vma.WRITE, false, null, 0, "[heap]")
                    == null) {
                return end;
            }
            space.merge(oldTop);
        } else if (newTop < oldTop && space.unmap(newTop, oldTop) != 0) {
            return end;
        }
        end = wanted;
        return end;
    }
}
