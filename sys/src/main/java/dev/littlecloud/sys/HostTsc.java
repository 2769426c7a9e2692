package dev.littlecloud.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The time-stamp counter of the host's processor. */
public final class HostTsc {
    private static final long PAGE = 4096;

    /** lfence; rdtsc; shl $32,%rdx; or %rdx,%rax; ret. */
    private static final byte[] CODE = {
        0x0f,
        (byte) 0xae,
        (byte) 0xe8,
        0x0f,
        0x31,
        0x48,
        (byte) 0xc1,
        (byte) 0xe2,
        0x20,
        0x48,
        0x09,
        (byte) 0xd0,
        (byte) 0xc3
    };

    private static final MethodHandle READ = load();

    private HostTsc() {}

    public static long read() {
        try {
            // SAFETY: the code reads a counter into the result register and returns.
            return (long) READ.invokeExact();
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    private static MethodHandle load() {
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
        MemorySegment.copy(CODE, 0, page, JAVA_BYTE, 0, CODE.length);
        int errno = Mappings.protect(address, PAGE, Mappings.PROT_READ | Mappings.PROT_EXEC);
        if (errno < 0) {
            throw new IllegalStateException("no executable page: errno " + -errno);
        }
        // SAFETY: the page is never unmapped, and the code has this signature.
        return NativeCalls.code(page, FunctionDescriptor.of(JAVA_LONG));
    }
}
