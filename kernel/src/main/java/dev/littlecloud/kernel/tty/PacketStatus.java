package dev.littlecloud.kernel.tty;

/** What a master in packet mode is told before the data; ioctl_tty(2), TIOCPKT. */
final class PacketStatus {
    static final int DATA = 0;
    static final int FLUSHREAD = 1;
    static final int FLUSHWRITE = 2;
    static final int STOP = 4;
    static final int START = 8;
    static final int NOSTOP = 16;
    static final int DOSTOP = 32;
    static final int IOCTL = 64;

    private boolean enabled;
    private int pending;

    boolean isEnabled() {
        return enabled;
    }

    void enabled(boolean value) {
        if (value && !enabled) {
            pending = 0;
        }
        enabled = value;
    }

    boolean hasPending() {
        return enabled && pending != 0;
    }

    /** Takes the bits that wait to be told. */
    int take() {
        int taken = pending;
        pending = 0;
        return taken;
    }

    void tell(int bits) {
        if (enabled) {
            pending |= bits;
        }
    }

    /** Tells of one of two states that exclude each other. */
    void tell(int bit, int opposite) {
        if (enabled) {
            pending = pending & ~opposite | bit;
        }
    }

    /** Tells what a change of settings means to a master that handles flow control itself. */
    void settingsChanged(TerminalSettings old, TerminalSettings changed) {
        if (!enabled) {
            return;
        }
        boolean external =
                old.hasLocal(TerminalFlags.EXTPROC) || changed.hasLocal(TerminalFlags.EXTPROC);
        boolean wasFlow = isFlowControlled(old);
        boolean isFlow = isFlowControlled(changed);
        if (wasFlow != isFlow) {
            tell(isFlow ? DOSTOP : NOSTOP, isFlow ? NOSTOP : DOSTOP);
        }
        if (external) {
            tell(IOCTL);
        }
    }

    /** Whether output is stopped and started by the usual characters, Ctrl-S and Ctrl-Q. */
    private static boolean isFlowControlled(TerminalSettings settings) {
        return settings.hasInput(TerminalFlags.IXON)
                && settings.character(TerminalFlags.VSTOP) == 'S' - '@'
                && settings.character(TerminalFlags.VSTART) == 'Q' - '@';
    }
}
