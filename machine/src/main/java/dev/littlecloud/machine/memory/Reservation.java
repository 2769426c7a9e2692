package dev.littlecloud.machine.memory;

import dev.littlecloud.machine.MachineException;
import dev.littlecloud.sys.Mappings;
import java.lang.foreign.MemorySegment;

/** Anonymous host memory: addresses at once, pages as they are touched. */
final class Reservation {
    private static final int FLAGS =
            Mappings.MAP_PRIVATE | Mappings.MAP_ANONYMOUS | Mappings.MAP_NORESERVE;

    /** What is cut at once: two places where the host could have a huge page. */
    private static final long CUT_BYTES = 4L << 20;

    /** So many changes of protection are worth two more mappings of the process. */
    private static final int CUT_AFTER = 16;

    /** Of an image there are many views, and each mapping makes the next machine dearer. */
    private static final byte[] NEVER_CUT = {};

    private final MemorySegment segment;

    /** How often protection was changed in each {@link #CUT_BYTES}, up to {@link #CUT_AFTER}. */
    private final byte[] changes;

    /** Whether its place is one of {@link Addresses}. */
    private final boolean isPlaced;

    /** Where what is there begins. */
    private long from;

    /** Where what is there ends. */
    private long to;

    Reservation(long bytes) {
        long address =
                Mappings.map(0, bytes, Mappings.PROT_READ | Mappings.PROT_WRITE, FLAGS, -1, 0);
        HostCalls.check("mmap", address);
        segment = Mappings.segment(address, bytes);
        changes = new byte[part(address + bytes - 1) - part(address) + 1];
        isPlaced = false;
        to = bytes;
        // Guest memory has no business in a core dump, and huge pages would make a one-page
        // instance weigh two megabytes. Both are wishes: an old kernel may refuse them.
        Mappings.advise(address, bytes, Mappings.MADV_DONTDUMP);
        Mappings.advise(address, bytes, Mappings.MADV_NOHUGEPAGE);
    }

    /**
     * Bytes {@code from} to {@code to} are a private view of a whole file. The rest comes by {@link
     * #ensureFrom} and {@link #ensureTo}: most clones never need it, and the host takes longer to make
     * a machine for each mapping that the process has.
     */
    Reservation(long bytes, int fd, long from, long to) {
        int view = Mappings.MAP_PRIVATE | Mappings.MAP_NORESERVE;
        long address = Addresses.map(bytes, from, to, view, fd);
        HostCalls.check("mmap of an image", address);
        this.isPlaced = true;
        this.segment = Mappings.segment(address, bytes);
        this.changes = NEVER_CUT;
        this.from = from;
        this.to = to;
    }

    /** Has all be there from {@code offset} on to what is there already. */
    void ensureFrom(long offset) {
        if (offset < from) {
            map(0, from);
            from = 0;
        }
    }

    /** Has all be there from what is there already up to {@code offset}. */
    void ensureTo(long offset) {
        if (offset > to) {
            map(to, bytes());
            to = bytes();
        }
    }

    private void map(long begin, long end) {
        HostCalls.check("mmap", Addresses.mapAt(address() + begin, end - begin, FLAGS, -1));
    }

    private static int part(long address) {
        return (int) (address / CUT_BYTES);
    }

    MemorySegment segment() {
        return segment;
    }

    long bytes() {
        return segment.byteSize();
    }

    long address() {
        return segment.address();
    }

    /** Makes pages zero and gives them back to the host. */
    void discard(long offset, long length) {
        HostCalls.check(
                "madvise",
                Mappings.advise(checked(offset, length), length, Mappings.MADV_DONTNEED));
    }

    /** Has the host provide the pages now. */
    void populate(long offset, long length) {
        HostCalls.check(
                "madvise",
                Mappings.advise(checked(offset, length), length, Mappings.MADV_POPULATE_WRITE));
    }

    /**
     * Makes every KVM vCPU forget its translations to the pages, by KVM's MMU notifier: a change of
     * protection tells it, whichever it is. PROT_EXEC is the one that can come and go without any
     * access failing meanwhile.
     */
    void notifyMmu(long offset, long length) {
        long address = checked(offset, length);
        int part = part(address) - part(address());
        if (part < changes.length && changes[part] < CUT_AFTER && ++changes[part] == CUT_AFTER) {
            cut(address);
        }
        int access = Mappings.PROT_READ | Mappings.PROT_WRITE;
        HostCalls.check("mprotect", Mappings.protect(address, length, access | Mappings.PROT_EXEC));
        HostCalls.check("mprotect", Mappings.protect(address, length, access));
    }

    /**
     * A change in the middle of a mapping splits it, and Linux looks first for a huge page to split:
     * KVM then forgets all 2 MiB, and not only what changes. It does not look where a mapping ends
     * within those 2 MiB. So the middle of each 4 MiB becomes a mapping of its own, by a property
     * that matters to nobody.
     */
    private void cut(long address) {
        long middle = (address & -CUT_BYTES) + CUT_BYTES / 4;
        long start = Math.max(middle, address());
        long end = Math.min(middle + CUT_BYTES / 2, address() + segment.byteSize());
        if (start < end) {
            // A wish: where there are too many mappings all is as before.
            Mappings.advise(start, end - start, Mappings.MADV_DONTFORK);
        }
    }

    private long checked(long offset, long length) {
        if (((offset | length) & (HostCalls.PAGE_SIZE - 1)) != 0) {
            throw new IllegalArgumentException("not whole pages: " + offset + ", " + length);
        }
        return segment.asSlice(offset, length).address();
    }

    void close() {
        int result = Mappings.unmap(segment.address(), segment.byteSize());
        if (result < 0) {
            throw new MachineException("munmap", -result);
        }
        if (isPlaced) {
            Addresses.give(segment.address(), segment.byteSize());
        }
    }
}
