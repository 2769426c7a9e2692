package dev.littlecloud.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/** Functions of a few instructions that no library has. */
final class MachineCode {
    private static final long PAGE = 4096;

    private MachineCode() {}

    /** Puts code into a page of its own, executable and not writable, for ever. */
    static MemorySegment load(byte[] code) {
        long address =
                Mappings.map(
                        0,
                        PAGE,
                        Mappings.PROT_READ | Mappings.PROT_WRITE,
                        Mappings.MAP_PRIVATE | Mappings.MAP_ANONYMOUS,
                        -1,
                        0);
        if (address < 0) {
            throw new IllegalStateException("no page for machine code: errno " + -address);
        }
        MemorySegment page = Mappings.segment(address, PAGE);
        MemorySegment.copy(code, 0, page, JAVA_BYTE, 0, code.length);
        int errno = Mappings.protect(address, PAGE, Mappings.PROT_READ | Mappings.PROT_EXEC);
        if (errno < 0) {
            throw new IllegalStateException("no executable page: errno " + -errno);
        }
        return page;
    }
}
