package dev.littlecloud.kernel.signal;

import dev.littlecloud.kernel.mm.UserMemory;

/**
 * A signal and what is told of it, laid out as {@code siginfo_t}: the fields after the code are kept
 * as the longs at offsets 16, 24, 32 and 40; sigaction(2).
 *
 * @param signal 1 to 64
 * @param code SI_USER and so on, or the kind of fault
 */
public record SigInfo(
        int signal, int errno, int code, long first, long second, long third, long fourth) {
    /** Size of {@code siginfo_t}. */
    public static final int BYTES = 128;

    public static final int SI_USER = 0;
    public static final int SI_KERNEL = 0x80;
    public static final int SI_QUEUE = -1;
    public static final int SI_TIMER = -2;
    public static final int SI_MESGQ = -3;
    public static final int SI_SIGIO = -5;
    public static final int SI_TKILL = -6;

    public static final int SEGV_MAPERR = 1;
    public static final int SEGV_ACCERR = 2;
    public static final int BUS_ADRALN = 1;
    public static final int BUS_ADRERR = 2;
    public static final int FPE_INTDIV = 1;
    public static final int FPE_INTOVF = 2;
    public static final int FPE_FLTINV = 7;
    public static final int ILL_ILLOPN = 2;
    public static final int TRAP_BRKPT = 1;
    public static final int TRAP_TRACE = 2;
    public static final int TRAP_HWBKPT = 4;

    public static final int CLD_EXITED = 1;
    public static final int CLD_KILLED = 2;
    public static final int CLD_DUMPED = 3;
    public static final int CLD_TRAPPED = 4;
    public static final int CLD_STOPPED = 5;
    public static final int CLD_CONTINUED = 6;

    private static long pair(int low, int high) {
        return (low & 0xFFFF_FFFFL) | ((long) high << 32);
    }

    /** From a process: kill(2), tgkill(2). */
    public static SigInfo fromProcess(int signal, int code, int pid, int uid) {
        return new SigInfo(signal, 0, code, pair(pid, uid), 0, 0, 0);
    }

    /** With a value: sigqueue(3). */
    public static SigInfo queued(int signal, int code, int pid, int uid, long value) {
        return new SigInfo(signal, 0, code, pair(pid, uid), value, 0, 0);
    }

    /** From the kernel itself, without a sender. */
    public static SigInfo fromKernel(int signal) {
        return new SigInfo(signal, 0, SI_KERNEL, 0, 0, 0, 0);
    }

    /** For a faulting access or instruction. */
    public static SigInfo fault(int signal, int code, long address) {
        return new SigInfo(signal, 0, code, address, 0, 0, 0);
    }

    /** For SIGCHLD; times in clock ticks of 10 ms. */
    public static SigInfo child(
            int signal, int code, int pid, int uid, int status, long userTicks, long systemTicks) {
        return new SigInfo(
                signal, 0, code, pair(pid, uid), pair(status, 0), userTicks, systemTicks);
    }

    /** From a POSIX timer; timer_create(2). */
    public static SigInfo timer(int signal, int timerId, int overrun, long value) {
        return new SigInfo(signal, 0, SI_TIMER, pair(timerId, overrun), value, 0, 0);
    }

    /** For SIGIO and friends: the descriptor and its poll events. */
    public static SigInfo poll(int signal, int code, long band, int descriptor) {
        return new SigInfo(signal, 0, code, band, pair(descriptor, 0), 0, 0);
    }

    /** Sender's process id, where there is one. */
    public int pid() {
        return (int) first;
    }

    public int uid() {
        return (int) (first >>> 32);
    }

    /** Writes the {@code siginfo_t}. */
    public void write(UserMemory memory, long address) {
        memory.writeZeros(address, BYTES);
        memory.writeInt(address, signal);
        memory.writeInt(address + 4, errno);
        memory.writeInt(address + 8, code);
        memory.writeLong(address + 16, first);
        memory.writeLong(address + 24, second);
        memory.writeLong(address + 32, third);
        memory.writeLong(address + 40, fourth);
    }

    /** Reads a {@code siginfo_t} that a program made, with another signal number. */
    public static SigInfo read(UserMemory memory, long address, int signal) {
        return new SigInfo(
                signal,
                memory.readInt(address + 4),
                memory.readInt(address + 8),
                memory.readLong(address + 16),
                memory.readLong(address + 24),
                memory.readLong(address + 32),
                memory.readLong(address + 40));
    }
}
