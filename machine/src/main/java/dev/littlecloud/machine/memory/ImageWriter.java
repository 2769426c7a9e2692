package dev.littlecloud.machine.memory;

import dev.littlecloud.machine.MachineException;
import dev.littlecloud.machine.MemoryImage;
import dev.littlecloud.sys.Files;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.function.LongPredicate;

/** Writes a machine's memory into a file that exists only in memory. */
final class ImageWriter {
    private static final MemorySegment ZEROS =
            MemorySegment.ofArray(new byte[(int) HostCalls.PAGE_SIZE]);

    private final GuestRam ram;
    private final PageTableArea tables;
    private long stored;

    ImageWriter(GuestRam ram, PageTableArea tables) {
        this.ram = ram;
        this.tables = tables;
    }

    MemoryImage write(BitSet livePages, int vcpus) {
        long tableBytes = tables.bytes();
        long bytes = tableBytes + ram.usable();
        int fd = Files.memfdCreate("littlecloud-template", Files.MFD_CLOEXEC);
        HostCalls.check("memfd_create", fd);
        boolean written = false;
        try {
            HostCalls.check("ftruncate", Files.truncate(fd, bytes));
            long lowest = tables.lowestOffset();
            copy(
                    fd,
                    0,
                    tables.segment().asSlice(lowest),
                    tableBytes,
                    offset -> tables.isLive(lowest + offset));
            copy(
                    fd,
                    tableBytes,
                    ram.segment(),
                    ram.usable(),
                    offset -> livePages.get((int) (offset / HostCalls.PAGE_SIZE)));
            written = true;
        } finally {
            if (!written) {
                Files.close(fd);
            }
        }
        return new MemoryImage(fd, vcpus, ram.bytes(), ram.usable(), tables.chunks(), stored);
    }

    /** Writes runs of pages that have content. */
    private void copy(
            int fd, long fileOffset, MemorySegment from, long bytes, LongPredicate isLive) {
        long start = -1;
        for (long offset = 0; offset <= bytes; offset += HostCalls.PAGE_SIZE) {
            boolean wanted = offset < bytes && isLive.test(offset) && !isZero(from, offset);
            if (wanted && start < 0) {
                start = offset;
            } else if (!wanted && start >= 0) {
                write(fd, fileOffset + start, from.asSlice(start, offset - start));
                start = -1;
            }
        }
    }

    private void write(int fd, long fileOffset, MemorySegment from) {
        long done = 0;
        while (done < from.byteSize()) {
            long count = Files.write(fd, from.asSlice(done), fileOffset + done);
            if (count <= 0) {
                throw new MachineException("write of an image", (int) -count);
            }
            done += count;
        }
        stored += done;
    }

    private static boolean isZero(MemorySegment memory, long offset) {
        return MemorySegment.mismatch(
                        memory, offset, offset + HostCalls.PAGE_SIZE, ZEROS, 0, HostCalls.PAGE_SIZE)
                < 0;
    }
}
