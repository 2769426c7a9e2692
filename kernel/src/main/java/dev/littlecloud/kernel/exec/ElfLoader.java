package dev.littlecloud.kernel.exec;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.mm.MappedFile;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.mm.Vma;
import java.util.ArrayList;
import java.util.List;

/** Maps the segments of an ELF file into an address space. */
final class ElfLoader {
    private final AddressSpace space;
    private final List<Vma> mapped = new ArrayList<>();

    ElfLoader(AddressSpace space) {
        this.space = space;
    }

    /**
     * Maps all segments, moved by {@code bias}.
     *
     * @return 0 or {@code -errno}
     */
    int map(ElfHeader header, MappedFile shown, PageCache file, long bias) {
        for (ElfHeader.Segment segment : header.segments()) {
            long start = segment.start() + bias;
            long end = segment.end() + bias;
            if (start < 0x10000 || end > 0x7fff_f000_0000L || !space.isFree(start, end)) {
                return -Errno.ENOMEM;
            }
            int protection =
                    ((segment.flags() & 4) != 0 ? Vma.READ : 0)
                            | ((segment.flags() & 2) != 0 ? Vma.WRITE : 0)
                            | ((segment.flags() & 1) != 0 ? Vma.EXEC : 0);
            if (!mapSegment(segment, shown, file, bias, protection)) {
                return -Errno.ENOMEM;
            }
        }
        // Once all is there: what is in a page table that processes share may not change any more.
        for (Vma area : mapped) {
            space.anticipation().loaded(area);
        }
        return 0;
    }

    private boolean mapSegment(
            ElfHeader.Segment segment,
            MappedFile shown,
            PageCache file,
            long bias,
            int protection) {
        long start = segment.start() + bias;
        long fileEnd = segment.address() + segment.fileBytes() + bias;
        long mappedEnd = fileEnd + Frames.SIZE - 1 & -Frames.SIZE;
        if (segment.fileBytes() > 0) {
            long page = (segment.offset() & -Frames.SIZE) >> Frames.SHIFT;
            Vma area = space.map(start, mappedEnd - start, protection, false, file, page, "");
            if (area == null) {
                return false;
            }
            area.source(shown);
            area.placed(true);
            mapped.add(area);
        } else {
            mappedEnd = start;
        }
        long end = segment.end() + bias;
        if (segment.memoryBytes() > segment.fileBytes()) {
            if (segment.fileBytes() > 0 && (protection & Vma.WRITE) != 0) {
                clearTail(fileEnd, mappedEnd);
            }
            if (end > mappedEnd) {
                Vma zeroed = space.map(mappedEnd, end - mappedEnd, protection, false, null, 0, "");
                if (zeroed == null) {
                    return false;
                }
                mapped.add(zeroed);
            }
        }
        return true;
    }

    /** What follows the file's bytes on their last page is zero-initialised data. */
    private void clearTail(long from, long to) {
        try {
            space.memory().writeZeros(from, to - from);
        } catch (GuestFault beyondFile) {
            // The file is shorter than its headers say: the program gets SIGBUS when it runs.
            return;
        }
    }
}
