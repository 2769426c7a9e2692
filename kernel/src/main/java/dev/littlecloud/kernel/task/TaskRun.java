package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.time.TimerQueue;
import dev.littlecloud.machine.Registers;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A task's processor state, and where it stands with the scheduler. */
public final class TaskRun {
    /** Scheduling states. */
    public enum State {
        /** Made, and not yet started. */
        NEW,
        /** Waits for a processor. */
        RUNNABLE,
        /** Has a processor. */
        RUNNING,
        /** Waits in a system call. */
        BLOCKED,
        /** Was stopped by a signal. */
        STOPPED,
        /** Has stopped for its tracer. */
        TRACED,
        /** Has ended. */
        DEAD
    }

    /** Wakes the task at its call's deadline. */
    private static final class Deadline extends TimerQueue.Timer {
        private final Task task;

        Deadline(Task task) {
            this.task = task;
        }

        @Override
        protected void expired() {
            task.kernel().scheduler().wake(task);
        }
    }

    private final long[] image = new long[Registers.COUNT];
    final TimerQueue.Timer deadline;
    State state = State.NEW;
    transient @Nullable Processor processor;

    /** The processor's registers while they, and not the image, are the task's. */
    transient @Nullable Registers live;

    /** Extended state while no processor holds it; null for that of a new program. */
    @Nullable MemorySegment extended;

    /** What holds the extended state, where a processor does. */
    transient @Nullable ExtendedRegisters extendedOn;

    /** The task lets others go first once; sched_yield(2). */
    boolean givesWay;

    // While it waits for a processor: whether it has just had one, and whether another task that
    // came later was let go first.
    boolean hadItsTurn;
    boolean wasPassedOver;

    /** Whether it went on for long without waiting when it last had a processor. */
    boolean hadLongTurn;

    // The system call being made.
    boolean inCall;

    /** Its tracer sees the call before it is made. */
    private boolean awaitsCall;

    long callNumber;
    long a;
    long b;
    long c;
    long d;
    long e;
    long f;

    long userNanos;
    long systemNanos;
    long faults;
    long voluntarySwitches;
    long involuntarySwitches;

    // What the last processor exception was, for signal frames.
    private int trapNumber;
    private long trapError;
    private long trapAddress;

    TaskRun(Task task) {
        deadline = new Deadline(task);
    }

    public State state() {
        return state;
    }

    /**
     * The task's registers, at the positions that {@link Registers} names, to read and to change.
     * They are loaded again before the task goes on.
     */
    public long[] registers() {
        Registers from = live;
        if (from != null) {
            from.save(image);
            live = null;
        }
        return image;
    }

    /** Number of the system call the task is in, or -1; /proc/PID/syscall. */
    public long callNumber() {
        return inCall ? callNumber : -1;
    }

    /** Whether it is in a system call. */
    public boolean isInCall() {
        return inCall;
    }

    public void awaitsCall(boolean does) {
        awaitsCall = does;
    }

    /** Whether the call was begun and not made yet; it is to be made now. */
    public boolean takeAwaitedCall() {
        boolean does = awaitsCall;
        awaitsCall = false;
        return does;
    }

    /** The tracer may have changed the call that is to be made: it is what the registers say. */
    public void reloadCall(long number) {
        if (awaitsCall) {
            loadCall(number);
        }
    }

    /** The call that the registers hold the arguments of. */
    void loadCall(long number) {
        long[] from = registers();
        callNumber = (int) number; // Linux looks at the lower half only
        a = from[Registers.RDI];
        b = from[Registers.RSI];
        c = from[Registers.RDX];
        d = from[Registers.R10];
        e = from[Registers.R8];
        f = from[Registers.R9];
    }

    /** Lets tasks that wait for a processor go first, before this one returns to its program. */
    public void giveWay() {
        givesWay = true;
    }

    /** Time in the guest. */
    public long userNanos() {
        return userNanos + (inCall ? 0 : notAccounted());
    }

    /** Time in the kernel. */
    public long systemNanos() {
        return systemNanos + (inCall ? notAccounted() : 0);
    }

    /** Both together. */
    public long cpuNanos() {
        return userNanos + systemNanos + notAccounted();
    }

    /** What a running task used since its counters were last brought up to date. */
    private long notAccounted() {
        Processor on = processor;
        if (on == null || state != State.RUNNING || on.current() == null) {
            return 0;
        }
        return Math.max(0, System.nanoTime() - on.accountedUntil());
    }

    public long faults() {
        return faults;
    }

    public long voluntarySwitches() {
        return voluntarySwitches;
    }

    public long involuntarySwitches() {
        return involuntarySwitches;
    }

    public int processorIndex() {
        Processor on = processor;
        return on == null ? 0 : on.index();
    }

    void trap(int number, long error, long address) {
        trapNumber = number;
        trapError = error;
        trapAddress = address;
    }

    public int trapNumber() {
        return trapNumber;
    }

    public long trapError() {
        return trapError;
    }

    public long trapAddress() {
        return trapAddress;
    }

    /** Room for an extended state, on the heap: part of the task's data. */
    public static MemorySegment extendedArea(long bytes) {
        return MemorySegment.ofArray(new long[(int) ((bytes + 7) >> 3)]).asSlice(0, bytes);
    }

    /** Brings the extended state into memory and answers it; null for that of a new program. */
    public @Nullable MemorySegment extendedState() {
        ExtendedRegisters on = extendedOn;
        if (on != null) {
            on.store();
        }
        return extended;
    }

    /** Replaces the extended state; null for that of a new program. */
    public void extendedState(@Nullable MemorySegment state) {
        ExtendedRegisters on = extendedOn;
        if (on != null) {
            on.drop();
        }
        extended = state;
    }
}
