package dev.littlecloud.kernel.ptrace;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskRun;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** x87, SSE and AVX registers of a stopped thread as tracers see them, in XSAVE's standard format. */
final class FloatingState {
    /** {@code struct user_fpregs_struct}: the area of FXSAVE. */
    static final int LEGACY_BYTES = 512;

    private static final int HEADER_BYTES = 64;

    private static final int MXCSR = 24;
    private static final int MXCSR_RESERVED = ~0xFFFF;

    /** Where software says which components there are, for those who read an XSAVE area. */
    private static final int COMPONENTS = 464;

    private static final int SOFTWARE_BYTES = 48;

    /** In the header: which components are not in their initial state. */
    private static final int PRESENT = LEGACY_BYTES;

    private static final long X87_AND_SSE = 3;
    private static final long AVX = 4;
    private static final long AVX_512 = 0xe0;
    private static final int AVX_BYTES = 832;
    private static final int AVX_512_BYTES = 2688;

    private FloatingState() {}

    /** Size of all of it. */
    static int bytes(Task task) {
        return (int) task.kernel().initialExtendedState().byteSize();
    }

    /** State components of an area of a size; SDM volume 1, 13.4. */
    private static long components(int bytes) {
        return X87_AND_SSE
                | (bytes >= AVX_BYTES ? AVX : 0)
                | (bytes >= AVX_512_BYTES ? AVX_512 : 0);
    }

    private static MemorySegment copy(Task task) {
        @Nullable MemorySegment state = task.run().extendedState();
        MemorySegment from = state != null ? state : task.kernel().initialExtendedState();
        return TaskRun.extendedArea(from.byteSize()).copyFrom(from);
    }

    static MemorySegment get(Task task) {
        MemorySegment state = copy(task);
        state.asSlice(COMPONENTS, SOFTWARE_BYTES).fill((byte) 0);
        state.set(JAVA_LONG_UNALIGNED, COMPONENTS, components(bytes(task)));
        return state;
    }

    static MemorySegment legacy(Task task) {
        MemorySegment state = copy(task).asSlice(0, LEGACY_BYTES);
        state.asSlice(COMPONENTS, SOFTWARE_BYTES).fill((byte) 0);
        return state;
    }

    /** 0 or {@code -errno}. */
    static int set(Task task, MemorySegment area) {
        long present = area.get(JAVA_LONG_UNALIGNED, PRESENT);
        if ((present & ~components(bytes(task))) != 0 || !hasCleanHeader(area)) {
            return -Errno.EINVAL;
        }
        return replace(task, area);
    }

    /** The same for what {@link #legacy} tells. */
    static int setLegacy(Task task, MemorySegment area) {
        MemorySegment state = copy(task);
        state.asSlice(0, LEGACY_BYTES).copyFrom(area.asSlice(0, LEGACY_BYTES));
        long present = state.get(JAVA_LONG_UNALIGNED, PRESENT);
        state.set(JAVA_LONG_UNALIGNED, PRESENT, present | X87_AND_SSE);
        return replace(task, state);
    }

    private static int replace(Task task, MemorySegment state) {
        if ((state.get(JAVA_INT_UNALIGNED, MXCSR) & MXCSR_RESERVED) != 0) {
            return -Errno.EINVAL;
        }
        MemorySegment own = TaskRun.extendedArea(bytes(task)).copyFrom(state);
        own.asSlice(COMPONENTS, SOFTWARE_BYTES).fill((byte) 0);
        task.run().extendedState(own);
        return 0;
    }

    /** The compacted format is not for user space, and the rest of the header is reserved. */
    private static boolean hasCleanHeader(MemorySegment area) {
        for (int at = PRESENT + 8; at < LEGACY_BYTES + HEADER_BYTES; at += 8) {
            if (area.get(JAVA_LONG_UNALIGNED, at) != 0) {
                return false;
            }
        }
        return true;
    }
}
