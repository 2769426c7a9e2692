package dev.littlecloud.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.function.Consumer;

/** Host threads: their ids, their turns, and a signal that does nothing but interrupt a call. */
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

    private static final MethodHandle SYSCALL =
            NativeCalls.variadic(
                    "syscall",
                    1,
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG));

    private static final long SYS_SCHED_SETATTR = 314;
    private static final long SYS_SCHED_GETATTR = 315;

    /** struct sched_attr of linux/sched/types.h, with the fields for frequencies. */
    private static final long ATTRIBUTES_BYTES = 56;

    private static final long SCHED_POLICY = 4;
    private static final long SCHED_RUNTIME = 24;
    private static final int SCHED_OTHER = 0;
    private static final int SCHED_IDLE = 5;

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

    /**
     * How long a turn of the calling thread is where others want its processor, from 0.1 to 100 ms:
     * one with shorter turns than others gets one sooner after it waited, and as much in all. Linux
     * 6.12 has it, sched(7); earlier ones take no notice.
     *
     * @return 0 or -errno
     */
    public static int takeTurns(long nanos) {
        return giveTurns(0, nanos);
    }

    /**
     * The same for another thread of this process.
     *
     * @return 0 or -errno; a thread that is gone is -ESRCH
     */
    public static int giveTurns(int threadId, long nanos) {
        return change(threadId, attributes -> attributes.set(JAVA_LONG, SCHED_RUNTIME, nanos));
    }

    /**
     * Lets a thread of this process run only where nobody else wants its processor, SCHED_IDLE of
     * sched(7), or as any other again.
     *
     * @param threadId 0 for the calling one
     * @return 0 or -errno; a thread that is gone is -ESRCH, and -EPERM is that it may not come back
     */
    public static int runWhenIdle(int threadId, boolean onlyThen) {
        int policy = onlyThen ? SCHED_IDLE : SCHED_OTHER;
        return change(threadId, attributes -> attributes.set(JAVA_INT, SCHED_POLICY, policy));
    }

    private static int change(int threadId, Consumer<MemorySegment> change) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES_BYTES, 8);
            int read = attributes(SYS_SCHED_GETATTR, threadId, attributes, ATTRIBUTES_BYTES);
            if (read < 0) {
                return read;
            }
            change.accept(attributes);
            return attributes(SYS_SCHED_SETATTR, threadId, attributes, 0);
        }
    }

    /** Reads or writes a thread's attributes; 0 is the calling one. */
    private static int attributes(long number, long threadId, MemorySegment attributes, long size) {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: the structure is as large as is said, here or in its first field.
            long value = (long) SYSCALL.invokeExact(state, number, threadId, attributes, size, 0L);
            return (int) NativeCalls.result(value, state);
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
