package dev.littlecloud.kernel.signal;

import dev.littlecloud.kernel.mm.ActionTable;
import org.jspecify.annotations.Nullable;

/** What a process does on each signal; sigaction(2). Shared by threads (CLONE_SIGHAND). */
public final class SignalActions implements ActionTable.Owner {
    public static final long SIG_DFL = 0;
    public static final long SIG_IGN = 1;

    public static final long SA_NOCLDSTOP = 1;
    public static final long SA_NOCLDWAIT = 2;
    public static final long SA_SIGINFO = 4;
    public static final long SA_RESTORER = 0x0400_0000L;
    public static final long SA_ONSTACK = 0x0800_0000L;
    public static final long SA_RESTART = 0x1000_0000L;
    public static final long SA_NODEFER = 0x4000_0000L;
    public static final long SA_RESETHAND = 0x8000_0000L;

    private final long[] handlers = new long[Signal.MAX + 1];
    private final long[] flags = new long[Signal.MAX + 1];
    private final long[] restorers = new long[Signal.MAX + 1];
    private final long[] masks = new long[Signal.MAX + 1];

    /** Where programs read them; null where they were not put there. */
    private @Nullable ActionTable published;

    /** Puts them where programs can read them. */
    public void publish(ActionTable table) {
        published = table;
        table.take(this);
    }

    private void changed(int signal) {
        ActionTable table = published;
        if (table != null) {
            table.changed(this, signal);
        }
    }

    @Override
    public long handler(int signal) {
        return handlers[signal];
    }

    @Override
    public long flags(int signal) {
        return flags[signal];
    }

    @Override
    public long restorer(int signal) {
        return restorers[signal];
    }

    @Override
    public long mask(int signal) {
        return masks[signal];
    }

    public void set(int signal, long handler, long newFlags, long restorer, long mask) {
        handlers[signal] = handler;
        flags[signal] = newFlags;
        restorers[signal] = restorer;
        masks[signal] = mask & ~Signal.UNBLOCKABLE;
        changed(signal);
    }

    /** Back to the default, after delivery with SA_RESETHAND. */
    public void reset(int signal) {
        handlers[signal] = SIG_DFL;
        changed(signal);
    }

    /** Whether the signal would have no effect if it came now. */
    public boolean isIgnored(int signal) {
        return handlers[signal] == SIG_IGN
                || (handlers[signal] == SIG_DFL
                        && Signal.defaultAction(signal) == Signal.DefaultAction.IGNORE);
    }

    /** The mask of signals that are ignored ({@code handled} false) or have a handler. */
    public long mask(boolean handled) {
        long mask = 0;
        for (int signal = 1; signal <= Signal.MAX; signal++) {
            boolean has = handlers[signal] > SIG_IGN || handlers[signal] < 0;
            if (handled ? has : handlers[signal] == SIG_IGN) {
                mask |= Signal.bit(signal);
            }
        }
        return mask;
    }

    public SignalActions copy() {
        SignalActions copy = new SignalActions();
        System.arraycopy(handlers, 0, copy.handlers, 0, handlers.length);
        System.arraycopy(flags, 0, copy.flags, 0, flags.length);
        System.arraycopy(restorers, 0, copy.restorers, 0, restorers.length);
        System.arraycopy(masks, 0, copy.masks, 0, masks.length);
        return copy;
    }

    /** What execve(2) leaves: handlers go back to the default, ignored signals stay ignored. */
    public SignalActions afterExec() {
        SignalActions fresh = new SignalActions();
        for (int signal = 1; signal <= Signal.MAX; signal++) {
            if (handlers[signal] == SIG_IGN) {
                fresh.handlers[signal] = SIG_IGN;
            }
        }
        return fresh;
    }
}
