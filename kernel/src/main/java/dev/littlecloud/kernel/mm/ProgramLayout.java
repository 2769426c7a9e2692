package dev.littlecloud.kernel.mm;

/** Where execve(2) put the parts of a program: addresses in its memory, for /proc/PID. */
public final class ProgramLayout {
    public long startCode;
    public long endCode;
    public long startStack;
    public long argumentsStart;
    public long argumentsEnd;
    public long environmentStart;
    public long environmentEnd;
    public long entry;

    /** The auxiliary vector as the program got it. */
    public byte[] auxiliaryVector = {};

    /** RLIMIT_STACK when the program was started, in bytes. */
    public long stackLimit = 8L << 20;

    /** RLIMIT_DATA, in bytes. */
    public long dataLimit = Long.MAX_VALUE;

    void copyFrom(ProgramLayout other) {
        startCode = other.startCode;
        endCode = other.endCode;
        startStack = other.startStack;
        argumentsStart = other.argumentsStart;
        argumentsEnd = other.argumentsEnd;
        environmentStart = other.environmentStart;
        environmentEnd = other.environmentEnd;
        entry = other.entry;
        auxiliaryVector = other.auxiliaryVector;
        stackLimit = other.stackLimit;
        dataLimit = other.dataLimit;
    }
}
