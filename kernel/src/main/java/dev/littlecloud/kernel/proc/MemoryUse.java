package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.ResidentPages;
import dev.littlecloud.kernel.mm.Vma;
import org.jspecify.annotations.Nullable;

/**
 * A process's memory in numbers.
 *
 * @param mappedBytes of all areas
 * @param residentPages that are there
 * @param anonymousPages of them, private ones without a file
 * @param sharedPages of them, memory shared for writing
 * @param dataBytes private writable areas but the stack
 * @param stackBytes the initial stack
 * @param programBytes the program's own code
 * @param libraryBytes other code
 * @param lockedBytes kept by mlock(2)
 */
record MemoryUse(
        long mappedBytes,
        long residentPages,
        long anonymousPages,
        long sharedPages,
        long dataBytes,
        long stackBytes,
        long programBytes,
        long libraryBytes,
        long lockedBytes) {
    private static final MemoryUse NONE = new MemoryUse(0, 0, 0, 0, 0, 0, 0, 0, 0);

    static MemoryUse of(@Nullable AddressSpace space) {
        if (space == null) {
            return NONE;
        }
        long mapped = 0;
        long data = 0;
        long stack = 0;
        long program = 0;
        long library = 0;
        long locked = 0;
        for (Vma area : space.areas()) {
            long bytes = area.end() - area.start();
            mapped += bytes;
            locked += area.isLocked() ? bytes : 0;
            if (area.isGrowingDown()) {
                stack += bytes;
            } else if ((area.protection() & Vma.EXEC) != 0 && area.file() != null) {
                boolean own =
                        area.start() >= (space.layout().startCode & ~0xfffL)
                                && area.start() < space.layout().endCode;
                program += own ? bytes : 0;
                library += own ? 0 : bytes;
            } else if ((area.protection() & Vma.WRITE) != 0 && !area.isShared()) {
                data += bytes;
            }
        }
        ResidentPages pages = space.use().residentPages();
        return new MemoryUse(
                mapped,
                pages.all(),
                pages.anonymous(),
                pages.sharedMemory(),
                data,
                stack,
                program,
                library,
                locked);
    }
}
