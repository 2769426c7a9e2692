package dev.littlecloud.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** What this process does when it is sent a signal; sigaction(2). */
final class SignalActions {
    private static final int SA_RESTART = 0x1000_0000;

    /** glibc's struct sigaction on x86-64: handler, 128 bytes of mask, int flags, restorer. */
    private static final int BYTES = 152;

    private static final int FLAGS = 136;

    private static final MethodHandle SIGACTION =
            NativeCalls.function(
                    "sigaction", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    private SignalActions() {}

    /**
     * Has a signal call a function; interrupted calls go on afterwards.
     *
     * @param handler takes an int, neither allocates, locks nor touches errno
     * @param before receives what was done until now
     * @return 0 or -errno
     */
    static int handle(int signal, MemorySegment handler, MemorySegment before) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment action = newAction(arena);
            action.set(JAVA_LONG, 0, handler.address());
            action.set(JAVA_INT, FLAGS, SA_RESTART);
            return set(signal, action, before);
        }
    }

    /** Does what was done before; 0 or -errno. */
    static int restore(int signal, MemorySegment before) {
        return set(signal, before, MemorySegment.NULL);
    }

    static MemorySegment newAction(Arena arena) {
        return arena.allocate(BYTES, 8);
    }

    private static int set(int signal, MemorySegment action, MemorySegment before) {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: both structures are as large as glibc's, or NULL.
            int value = (int) SIGACTION.invokeExact(state, signal, action, before);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }
}
