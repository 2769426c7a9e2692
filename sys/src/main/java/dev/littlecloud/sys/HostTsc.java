package dev.littlecloud.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** The time-stamp counter of the host's processor. */
public final class HostTsc {
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

    // SAFETY: the code has this signature.
    private static final MethodHandle READ =
            NativeCalls.code(MachineCode.load(CODE), FunctionDescriptor.of(JAVA_LONG));

    private HostTsc() {}

    public static long read() {
        try {
            // SAFETY: the code reads a counter into the result register and returns.
            return (long) READ.invokeExact();
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }
}
