package dev.littlecloud.cli;

/** The exit codes of this program. Where a guest program ran, the code is its own. */
public final class ExitCodes {
    public static final int SUCCESS = 0;

    /** A command other than {@code run} could not do its work. */
    public static final int FAILURE = 1;

    /** The cloud does not answer. */
    public static final int UNREACHABLE = 3;

    /** What was waited for did not come in time. */
    public static final int TIMED_OUT = 124;

    /** The command line is wrong, or {@code run} could not start an instance. */
    public static final int REFUSED = 125;

    private ExitCodes() {}
}
