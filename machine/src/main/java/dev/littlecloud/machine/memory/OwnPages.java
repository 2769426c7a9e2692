package dev.littlecloud.machine.memory;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.littlecloud.sys.Files;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * Finds out which pages of a private view of a file this process has copies of, because they were
 * written: proc_pid_pagemap(5).
 */
final class OwnPages {
    private static final String PAGEMAP = "/proc/self/pagemap";
    private static final long PRESENT = 1L << 63;
    private static final long OF_FILE = 1L << 61;

    private OwnPages() {}

    /** Sets the numbers of own pages; the first one of the mapping is page 0. */
    static void add(MemorySegment mapping, BitSet into) {
        int pages = (int) (mapping.byteSize() / HostCalls.PAGE_SIZE);
        int fd = Files.open(PAGEMAP, Files.O_RDONLY | Files.O_CLOEXEC, 0);
        HostCalls.check("open " + PAGEMAP, fd);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entries = arena.allocate(pages * 8L, 8);
            long offset = mapping.address() / HostCalls.PAGE_SIZE * 8;
            for (long done = 0; done < entries.byteSize(); ) {
                long count = Files.read(fd, entries.asSlice(done), offset + done);
                HostCalls.check("read of " + PAGEMAP, count);
                if (count == 0) {
                    return;
                }
                done += count;
            }
            for (int i = 0; i < pages; i++) {
                long entry = entries.get(JAVA_LONG, i * 8L);
                if ((entry & PRESENT) != 0 && (entry & OF_FILE) == 0) {
                    into.set(i);
                }
            }
        } finally {
            Files.close(fd);
        }
    }
}
