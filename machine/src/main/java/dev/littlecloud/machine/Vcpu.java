package dev.littlecloud.machine;

import java.lang.foreign.MemorySegment;

/**
 * A virtual processor. It runs user-mode code (CPL 3) only: every entry starts with exactly the
 * state in {@link #registers()}, and after every exit that holds the complete user-mode state again.
 *
 * <p>Used by one platform thread at a time; only {@link #kick()} may come from others.
 */
public interface Vcpu {

    /**
     * What a {@code syscall} instruction may be overwritten with, as a little-endian short: {@code
     * out %al,$0x7e}, which leaves the guest without a detour through its supervisor mode. Needs no
     * I/O privilege level; this one port is open to programs.
     */
    short PATCHED_SYSCALL = 0x7ee6;

    int index();

    /** Enters the guest, and returns why it left. Does not allocate. */
    Exit run();

    /** The guest's registers, live. Always the same object. Not to be touched during a run. */
    Registers registers();

    /**
     * Makes {@link #run()} return {@link Exit#KICKED} soon, or at once at its next call. From any
     * thread; a kick is never lost, and kicks that come before one was reported count as one.
     */
    void kick();

    /** After {@link Exit#SYSCALL}: whether the call came from a patched site. */
    boolean syscallWasPatched();

    /** After {@link Exit#SYSCALL}: guest-virtual address of the two-byte call instruction. */
    long syscallSite();

    /** After {@link Exit#EXCEPTION}: the vector, 0 to 31. */
    int vector();

    /** After {@link Exit#EXCEPTION}: the error code the processor pushed, or 0. */
    long errorCode();

    /** After {@link Exit#EXCEPTION} with the page-fault vector: the address (CR2). */
    long faultAddress();

    /** After {@link Exit#FAULT}: a host errno, positive. */
    int faultErrno();

    /** After {@link Exit#FAULT} or {@link Exit#SHUTDOWN}: what happened, for a log. Allocates. */
    String faultDetail();

    /** Size of the extended state (x87, SSE, AVX) in the standard, non-compacted XSAVE format. */
    int extendedStateBytes();

    /** Stores the guest's extended state. The segment has {@link #extendedStateBytes()} bytes. */
    void saveExtendedState(MemorySegment xsave);

    /**
     * Loads the guest's extended state.
     *
     * @return false when the host refused the content (a hostile signal frame); nothing changed then
     */
    boolean loadExtendedState(MemorySegment xsave);

    /** Loads the state of a new program: FCW 0x37f, MXCSR 0x1f80, all else zero. */
    void resetExtendedState();

    /** What {@code rdtsc} in the guest shows minus what it shows on the host. */
    long tscOffset();
}
