package dev.littlecloud.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Which of the host's processors threads run on: sched_getcpu(3), sched_setaffinity(2). */
public final class HostProcessors {
    /** glibc's cpu_set_t. */
    private static final int SET_BYTES = 128;

    private static final MethodHandle GETCPU =
            NativeCalls.function("sched_getcpu", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle SETAFFINITY = affinity("sched_setaffinity");

    /** Those of the process, as its first thread has them. */
    private static final MemorySegment ALLOWED = allowed();

    private HostProcessors() {}

    private static MethodHandle affinity(String name) {
        return NativeCalls.function(
                name, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    }

    private static MemorySegment allowed() {
        MemorySegment set = Arena.global().allocate(SET_BYTES, 8);
        MemorySegment state = NativeCalls.callState();
        int process = (int) ProcessHandle.current().pid();
        try {
            // SAFETY: the set is as large as is said.
            int value =
                    (int)
                            affinity("sched_getaffinity")
                                    .invokeExact(state, process, (long) SET_BYTES, set);
            return value < 0 ? set.fill((byte) -1) : set;
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    /** The one that the calling thread runs on now, or -errno. */
    public static int current() {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: no pointers.
            return NativeCalls.result((int) GETCPU.invokeExact(state), state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    /** Lets the calling thread run on all that the process may use; 0 or -errno. */
    public static int useAll() {
        return use(0, ALLOWED);
    }

    /**
     * Lets a thread run on all that the process may use but for one; it is moved where it is there.
     *
     * @param thread its id, or 0 for the calling one
     * @return 0, or -errno: -EINVAL where that is the only one, -ESRCH where the thread has ended
     */
    public static int useAllBut(int thread, int processor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = arena.allocate(SET_BYTES, 8).copyFrom(ALLOWED);
            if (processor >= 0 && processor < SET_BYTES * Byte.SIZE) {
                int at = processor / Byte.SIZE;
                int bit = 1 << processor % Byte.SIZE;
                set.set(JAVA_BYTE, at, (byte) (set.get(JAVA_BYTE, at) & ~bit));
            }
            return use(thread, set);
        }
    }

    private static int use(int thread, MemorySegment set) {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: the set is as large as is said.
            int value = (int) SETAFFINITY.invokeExact(state, thread, (long) SET_BYTES, set);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }
}
