package dev.littlecloud.kernel.mm;

import dev.littlecloud.kernel.Errno;
import java.util.ArrayList;
import java.util.List;

/**
 * A file's contents as pages that address spaces map. The file system decides where a page lives
 * (an image blob, RAM, a volume file); this class keeps who maps it. Guarded by the instance lock.
 */
public abstract class PageCache {
    private static final int MAPPINGS_LOOKED_AT = 64;

    private final List<Vma> mappings = new ArrayList<>(1);
    private final PatchedPages patches = new PatchedPages();
    private int version;

    final PatchedPages patches() {
        return patches;
    }

    /** Changes whenever pages may lie elsewhere than before. */
    final int version() {
        return version;
    }

    /** Whether pages stay where they are for as long as the instance, but for {@link #invalidate}. */
    public boolean isLasting() {
        return false;
    }

    /** Size of the contents in bytes; pages wholly beyond it are SIGBUS. */
    public abstract long size();

    /**
     * Where page {@code index} can be read: its guest-physical address, or {@code -errno}. The page
     * keeps its place until {@link #invalidate} was called for it.
     */
    public abstract long pageForRead(long index);

    /**
     * Where page {@code index} can be read and written, for shared mappings: first moves a page of
     * an immutable layer into RAM. A guest-physical address, or {@code -errno} (ENOSPC, ENOMEM).
     */
    public abstract long pageForWrite(long index);

    /** Whether {@link #pageForRead} answers a page that {@link #pageForWrite} would not move. */
    public abstract boolean isPageWritable(long index);

    /** Whether page {@code index} is already somewhere, so that reading it takes no memory. */
    public boolean isResident(long index) {
        return true;
    }

    /**
     * Whether it is nothing but memory that mappings share: nobody can tell a page that is there from
     * one that nobody has touched.
     */
    public boolean isMemory() {
        return false;
    }

    /** A shared mapping was written or unmapped: a hint for modification times and write-back. */
    public void written(long firstPage, long pageCount) {}

    /** Frees a range of bytes so that it reads as zeros: 0 or {@code -errno}. */
    public int punchHole(long offset, long length) {
        return -Errno.EOPNOTSUPP;
    }

    /** Writes what shared mappings changed to stable storage; msync(2). */
    public void flush() {}

    /** Keeps the file alive while it is mapped. */
    public abstract void retain();

    public abstract void release();

    final void attach(Vma vma) {
        vma.indexInFile = mappings.size();
        mappings.add(vma);
        retain();
    }

    final void detach(Vma vma) {
        Vma last = mappings.removeLast();
        if (last != vma) {
            mappings.set(vma.indexInFile, last);
            last.indexInFile = vma.indexInFile;
        }
        release();
    }

    /** How many address spaces map it; of many mappings only some are looked at. */
    final int mappingSpaces() {
        int count = 0;
        int most = Math.min(mappings.size(), MAPPINGS_LOOKED_AT);
        for (int i = 0; i < most; i++) {
            boolean counted = false;
            for (int j = 0; j < i && !counted; j++) {
                counted = mappings.get(j).space() == mappings.get(i).space();
            }
            count += counted ? 0 : 1;
        }
        return count;
    }

    /** Whether a shared mapping can write, or may be allowed to; a write seal refuses then. */
    public final boolean hasWritableMappings() {
        for (Vma vma : mappings) {
            if (vma.shared && vma.mayWrite) {
                return true;
            }
        }
        return false;
    }

    public final boolean isMapped() {
        return !mappings.isEmpty();
    }

    /**
     * Takes pages out of every address space that maps them, because they were truncated away, freed
     * or moved. Call it before the old place is given back. Private copies that a process already
     * made stay, unless {@code alsoCopies} (truncation).
     */
    public final void invalidate(long firstPage, long pageCount, boolean alsoCopies) {
        for (int i = 0; i < mappings.size(); i++) {
            AddressSpace space = mappings.get(i).space();
            space.unmapFilePages(mappings.get(i), firstPage, pageCount, alsoCopies);
        }
        patches.drop(firstPage, pageCount);
        version++;
    }

    /** Whether programs may have a copy of a page with rewritten call sites; see CallSites. */
    public final boolean isPatched(long index) {
        return patches.find(index) >= 0;
    }
}
