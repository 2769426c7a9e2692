package dev.littlecloud.kernel.signal;

/** Signal numbers and what they do by default; signal(7). */
public final class Signal {
    public static final int SIGHUP = 1;
    public static final int SIGINT = 2;
    public static final int SIGQUIT = 3;
    public static final int SIGILL = 4;
    public static final int SIGTRAP = 5;
    public static final int SIGABRT = 6;
    public static final int SIGBUS = 7;
    public static final int SIGFPE = 8;
    public static final int SIGKILL = 9;
    public static final int SIGUSR1 = 10;
    public static final int SIGSEGV = 11;
    public static final int SIGUSR2 = 12;
    public static final int SIGPIPE = 13;
    public static final int SIGALRM = 14;
    public static final int SIGTERM = 15;
    public static final int SIGCHLD = 17;
    public static final int SIGCONT = 18;
    public static final int SIGSTOP = 19;
    public static final int SIGTSTP = 20;
    public static final int SIGTTIN = 21;
    public static final int SIGTTOU = 22;
    public static final int SIGURG = 23;
    public static final int SIGXCPU = 24;
    public static final int SIGXFSZ = 25;
    public static final int SIGVTALRM = 26;
    public static final int SIGPROF = 27;
    public static final int SIGWINCH = 28;
    public static final int SIGIO = 29;
    public static final int SIGPWR = 30;
    public static final int SIGSYS = 31;

    /** The first real-time signal, as the kernel counts. */
    public static final int FIRST_REALTIME = 32;

    public static final int MAX = 64;

    static final long STOP_SIGNALS = bit(SIGSTOP) | bit(SIGTSTP) | bit(SIGTTIN) | bit(SIGTTOU);

    /** Signals that a fault of the program itself raises; they are delivered first. */
    static final long SYNCHRONOUS =
            bit(SIGSEGV) | bit(SIGBUS) | bit(SIGILL) | bit(SIGTRAP) | bit(SIGFPE) | bit(SIGSYS);

    /** What masks cannot block. */
    public static final long UNBLOCKABLE = bit(SIGKILL) | bit(SIGSTOP);

    /** What a signal does without a handler. */
    public enum DefaultAction {
        TERMINATE,
        CORE,
        IGNORE,
        STOP,
        CONTINUE
    }

    private Signal() {}

    /** The bit of a signal in a mask. */
    public static long bit(int signal) {
        return 1L << (signal - 1);
    }

    public static boolean isValid(long signal) {
        return signal >= 1 && signal <= MAX;
    }

    public static DefaultAction defaultAction(int signal) {
        return switch (signal) {
            case SIGCHLD, SIGURG, SIGWINCH -> DefaultAction.IGNORE;
            case SIGCONT -> DefaultAction.CONTINUE;
            case SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU -> DefaultAction.STOP;
            case SIGQUIT,
                    SIGILL,
                    SIGTRAP,
                    SIGABRT,
                    SIGBUS,
                    SIGFPE,
                    SIGSEGV,
                    SIGXCPU,
                    SIGXFSZ,
                    SIGSYS ->
                    DefaultAction.CORE;
            default -> DefaultAction.TERMINATE;
        };
    }
}
