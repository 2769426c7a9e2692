package dev.littlecloud.runtime.instance;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.MachineException;
import dev.littlecloud.machine.PageRuns;
import dev.littlecloud.runtime.host.MemoryFile;
import dev.littlecloud.sys.Mappings;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * Pages of an image's contents that requests touch, copied into memory that this process may write.
 * A KVM that shadows page tables makes translations of neighbours together, but only of pages that
 * the host could write, which pages of a file that is only read are not. Guests cannot write them:
 * their page tables do not allow it. Thread-safe.
 */
final class HotPages {
    /** Gaps of at most so many pages are copied, too: each range costs the process a mapping. */
    private static final int JOINED = 16;

    private final MemorySegment contents;
    private final BitSet hot = new BitSet();

    HotPages(MemorySegment contents) {
        this.contents = contents;
    }

    /**
     * @param addresses of pages in this process; those that are not of the contents are left out
     */
    synchronized void add(long[] addresses) {
        BitSet added = new BitSet();
        for (long address : addresses) {
            long offset = address - contents.address();
            if (offset >= 0 && offset < contents.byteSize()) {
                added.set((int) (offset >> GuestMemory.PAGE_SHIFT));
            }
        }
        added.andNot(hot);
        PageRuns runs = PageRuns.of(added, JOINED);
        if (runs.count() == 0) {
            return;
        }
        int fd = MemoryFile.create(runs.pages() * GuestMemory.PAGE_SIZE);
        try {
            long place = 0;
            for (int i = 0; i < runs.count(); i++) {
                MemorySegment part =
                        contents.asSlice(
                                runs.start(i) * GuestMemory.PAGE_SIZE,
                                runs.length(i) * GuestMemory.PAGE_SIZE);
                MemoryFile.write(fd, part.asByteBuffer(), place);
                replace(part, fd, place);
                hot.set(runs.start(i), runs.start(i) + runs.length(i));
                place += part.byteSize();
            }
        } finally {
            MemoryFile.close(fd);
        }
    }

    /** Whoever reads a page meanwhile waits, and finds the same bytes then. */
    private static void replace(MemorySegment part, int fd, long place) {
        int access = Mappings.PROT_READ | Mappings.PROT_WRITE;
        int flags = Mappings.MAP_SHARED | Mappings.MAP_FIXED;
        long mapped = Mappings.map(part.address(), part.byteSize(), access, flags, fd, place);
        if (mapped != part.address()) {
            throw new MachineException("mmap of used pages", (int) -mapped);
        }
        // Only a wish: they come one by one otherwise.
        Mappings.advise(part.address(), part.byteSize(), Mappings.MADV_POPULATE_WRITE);
    }
}
