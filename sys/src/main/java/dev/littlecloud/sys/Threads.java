package dev.littlecloud.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Host threads: their ids, and a signal that does nothing but interrupt a call. */
public final class Threads {
    /**
     * A real-time signal neither glibc (32, 33) nor the JVM uses. Its handler is the C library's
     * {@code abs}: a function that takes an int and does nothing, so no code of ours runs in signal
     * context.
     */
    private static final int INTERRUPT_SIGNAL = 34 + 6;

    private static final long SA_RESTART = 0x1000_0000L;

    /** glibc's struct sigaction on x86-64: handler, 128 bytes of mask, int flags, restorer. */
    private static final int SIGACTION_BYTES = 152;

    private static final int SIGACTION_FLAGS = 136;

    private static final MethodHandle GETTID =
            NativeCalls.function("gettid", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle GETPID =
            NativeCalls.function("getpid", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle TGKILL =
            NativeCalls.function(
                    "tgkill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));

    private static final int PROCESS_ID = ownProcessId();
    private static final int INSTALLED = installInterruptHandler();

    private Threads() {}

    /** The kernel's id of the calling platform thread. */
    public static int currentId() {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: no pointers.
            return (int) GETTID.invokeExact(state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    /**
     * Interrupts the host call a thread of this process is in, if that call can be interrupted
     * (KVM_RUN can); calls that restart go on. 0 or -errno; a thread that is gone is -ESRCH.
     */
    public static int interrupt(int threadId) {
        if (INSTALLED < 0) {
            return INSTALLED;
        }
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: no pointers; the signal's handler is installed and harmless.
            int value = (int) TGKILL.invokeExact(state, PROCESS_ID, threadId, INTERRUPT_SIGNAL);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    private static int ownProcessId() {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: no pointers.
            return (int) GETPID.invokeExact(state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    private static int installInterruptHandler() {
        MethodHandle sigaction =
                NativeCalls.function(
                        "sigaction", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
        MemorySegment state = NativeCalls.callState();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment action = arena.allocate(SIGACTION_BYTES, 8);
            action.set(JAVA_LONG, 0, NativeCalls.addressOf("abs").address());
            action.set(JAVA_INT, SIGACTION_FLAGS, (int) SA_RESTART);
            // SAFETY: the structure is as large as glibc's; the handler is a function of one int
            // that neither allocates, locks nor touches errno.
            int value =
                    (int)
                            sigaction.invokeExact(
                                    state, INTERRUPT_SIGNAL, action, MemorySegment.NULL);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }
}
