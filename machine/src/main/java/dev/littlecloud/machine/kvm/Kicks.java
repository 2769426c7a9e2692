package dev.littlecloud.machine.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.littlecloud.sys.Threads;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Makes a KVM_RUN in another thread return, without losing a kick and without locks.
 *
 * <p>Kicker: sets {@link #pending}, then immediate_exit in the shared area, then reads {@link
 * #threadId} and interrupts that thread if there is one. Runner: publishes {@link #threadId}, then
 * looks at {@link #pending}, then enters, where KVM looks at immediate_exit. All of these are
 * volatile, so whichever comes first, one side sees the other. An interrupt that comes while the
 * thread is not in KVM_RUN does nothing.
 */
final class Kicks {
    private static final VarHandle BYTE = JAVA_BYTE.varHandle().withInvokeExactBehavior();

    private final MemorySegment run;
    private volatile boolean pending;

    /** The host thread in KVM_RUN, or 0. */
    private volatile int threadId;

    /** The thread whose id is known: mostly always the same. */
    private @Nullable Thread knownThread;

    private int knownThreadId;

    Kicks(MemorySegment run) {
        this.run = run;
    }

    void kick() {
        pending = true;
        immediateExit(true);
        int target = threadId;
        if (target != 0) {
            Threads.interrupt(target);
        }
    }

    boolean isPending() {
        return pending;
    }

    /** Runner: takes the pending kick. Kicks that come from now on are new ones. */
    void take() {
        pending = false;
        immediateExit(false);
    }

    /** Runner: to be called before {@link #isPending()} is asked for the last time. */
    void enter() {
        Thread current = Thread.currentThread();
        if (!current.equals(knownThread)) {
            if (current.isVirtual()) {
                throw new IllegalStateException("a virtual processor needs a platform thread");
            }
            knownThread = current;
            knownThreadId = Threads.currentId();
        }
        threadId = knownThreadId;
    }

    void leave() {
        threadId = 0;
    }

    /**
     * Runner: lets the next KVM_RUN enter although a kick may be pending, or makes it return at
     * once. Ends with {@link #restore()}.
     */
    void override(boolean immediateExit) {
        immediateExit(immediateExit);
    }

    /** Runner: back to what the pending kick wants. */
    void restore() {
        immediateExit(false);
        if (pending) {
            immediateExit(true);
        }
    }

    private void immediateExit(boolean value) {
        BYTE.setVolatile(run, (long) KvmApi.RUN_IMMEDIATE_EXIT, (byte) (value ? 1 : 0));
    }
}
