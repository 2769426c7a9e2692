package dev.littlecloud.kernel.signal;

import dev.littlecloud.kernel.task.Task;

/** A thread's side of signals: its mask, what is pending for it alone, its alternate stack. */
public final class TaskSignals {
    /** No alternate stack; sigaltstack(2). */
    public static final int SS_DISABLE = 2;

    public static final int SS_ONSTACK = 1;
    public static final int SS_AUTODISARM = 0x8000_0000;

    private final Task task;
    private final SignalQueue pending;
    private long mask;
    private long savedMask;
    private boolean maskSaved;
    private long stackAddress;
    private long stackSize;
    private int stackFlags = SS_DISABLE;

    public TaskSignals(Task task) {
        this.task = task;
        this.pending = new SignalQueue(task.kernel().frames());
    }

    /** What a new thread or process takes over: the mask. */
    public void inherit(TaskSignals parent) {
        mask = parent.maskSaved ? parent.savedMask : parent.mask;
    }

    /** The alternate stack too: fork(2) keeps it, a new thread does not. */
    public void inheritStack(TaskSignals parent) {
        stackAddress = parent.stackAddress;
        stackSize = parent.stackSize;
        stackFlags = parent.stackFlags;
    }

    /** Blocked signals. */
    public long mask() {
        return mask;
    }

    /** Signals of the process that this thread was to take are left to others. */
    public void mask(long newMask) {
        long before = mask;
        mask = newMask & ~Signal.UNBLOCKABLE;
        SignalSending.handOn(task, mask & ~before);
    }

    /**
     * Blocks another set while the current call waits (ppoll, sigsuspend, epoll_pwait). The old
     * mask comes back when the call ends, or when the handler that ended it returns.
     */
    public void temporaryMask(long newMask) {
        if (!maskSaved) {
            savedMask = mask;
            maskSaved = true;
        }
        mask(newMask);
    }

    /** Ends a temporary mask. */
    public void restoreMask() {
        if (maskSaved) {
            maskSaved = false;
            mask(savedMask);
        }
    }

    /** The mask a signal frame keeps; ends a temporary mask without restoring it. */
    long maskForFrame() {
        long kept = maskSaved ? savedMask : mask;
        maskSaved = false;
        return kept;
    }

    /** What is pending for this thread alone. */
    public SignalQueue pending() {
        return pending;
    }

    /** What sigpending(2) and signalfd(2) see: this thread's and its process's pending signals. */
    public long pendingMask() {
        return pending.mask() | task.group().pendingSignals().mask();
    }

    /** Whether a signal waits that the mask lets through. */
    public boolean isDeliverable() {
        return (pendingMask() & ~mask) != 0;
    }

    /** Takes one pending signal of a set, this thread's own first. */
    public @org.jspecify.annotations.Nullable SigInfo take(long set) {
        SigInfo info = pending.take(set);
        boolean ofProcess = info == null;
        if (ofProcess) {
            info = task.group().pendingSignals().take(set);
        }
        return info == null ? null : task.group().signalTaken(info, ofProcess);
    }

    /** Sends a signal to this thread; false where the queue of a real-time signal is full. */
    public boolean send(SigInfo info) {
        return SignalSending.toThread(task, info);
    }

    /**
     * Sends a signal that the thread cannot block or ignore, for its own faults: a blocked or
     * ignored one is reset to its deadly default, as Linux does.
     */
    public void force(SigInfo info) {
        int signal = info.signal();
        SignalActions actions = task.group().actions();
        boolean blocked = (mask & Signal.bit(signal)) != 0;
        if (blocked || actions.handler(signal) == SignalActions.SIG_IGN) {
            actions.reset(signal);
            mask &= ~Signal.bit(signal);
        }
        pending.add(info);
    }

    public long stackAddress() {
        return stackAddress;
    }

    public long stackSize() {
        return stackSize;
    }

    public int stackFlags() {
        return stackFlags;
    }

    public void stack(long address, long size, int flags) {
        stackAddress = address;
        stackSize = size;
        stackFlags = flags;
    }

    public boolean isOnStack(long stackPointer) {
        return (stackFlags & SS_DISABLE) == 0
                && Long.compareUnsigned(stackPointer, stackAddress) > 0
                && Long.compareUnsigned(stackPointer - stackAddress, stackSize) <= 0;
    }

    /** What execve(2) resets. */
    public void afterExec() {
        stack(0, 0, SS_DISABLE);
    }
}
