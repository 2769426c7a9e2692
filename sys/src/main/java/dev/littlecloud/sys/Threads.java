package dev.littlecloud.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

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
        return SignalActions.handle(
                INTERRUPT_SIGNAL, NativeCalls.addressOf("abs"), MemorySegment.NULL);
    }
}
