package dev.littlecloud.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * SIGQUIT turned into a signal that Java programs can handle, until closed. The JVM takes no handler
 * for SIGQUIT itself, and prints its threads on it.
 */
public final class QuitSignal implements AutoCloseable {
    /** What it is turned into, by Java's name: a signal that nothing sends; signal(7), "unused". */
    public static final String TURNED_INTO = "STKFLT";

    private static final int SIGQUIT = 3;

    /** kill(getpid(), SIGSTKFLT), without the C library's errno. */
    private static final byte[] CODE = {
        (byte) 0xb8,
        39,
        0,
        0,
        0, // mov $SYS_getpid, %eax
        0x0f,
        0x05, // syscall
        (byte) 0x89,
        (byte) 0xc7, // mov %eax, %edi
        (byte) 0xbe,
        16,
        0,
        0,
        0, // mov $SIGSTKFLT, %esi
        (byte) 0xb8,
        62,
        0,
        0,
        0, // mov $SYS_kill, %eax
        0x0f,
        0x05, // syscall
        (byte) 0xc3 // ret
    };

    private static final MemorySegment HANDLER = MachineCode.load(CODE);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment before = SignalActions.newAction(arena);

    /** The other signal's handler must be there already: by default it ends the process. */
    public QuitSignal() {
        // SAFETY: the handler makes two system calls and changes nothing that a call may not.
        int errno = SignalActions.handle(SIGQUIT, HANDLER, before);
        if (errno < 0) {
            throw new IllegalStateException("no handler for SIGQUIT: errno " + -errno);
        }
    }

    @Override
    public void close() {
        SignalActions.restore(SIGQUIT, before);
        arena.close();
    }
}
