package dev.littlecloud.machine;

/** Why a virtual processor left the guest. The details are read from the {@link Vcpu}. */
public enum Exit {
    /**
     * The guest made a system call, by a {@code syscall} instruction or a patched call site. RIP is
     * behind the instruction. See {@link Vcpu#syscallWasPatched()} and {@link Vcpu#syscallSite()}.
     */
    SYSCALL,
    /**
     * The guest raised a processor exception. See {@link Vcpu#vector()}, {@link
     * Vcpu#errorCode()} and {@link Vcpu#faultAddress()}. RIP is where the processor left it: at the
     * instruction for faults, behind it for traps ({@code int3}). I/O ports, {@code cli} and the like
     * are general protection faults, as for any program.
     */
    EXCEPTION,
    /** {@link Vcpu#kick()} was called. The guest may be continued at any time. */
    KICKED,
    /** The guest halted its processor; only supervisor code can, so a healthy machine never does. */
    HALT,
    /** The guest's processor shut itself down (triple fault). It cannot be continued. */
    SHUTDOWN,
    /**
     * The host could not go on with the guest, for instance because memory behind a page could not
     * be had. See {@link Vcpu#faultErrno()} and {@link Vcpu#faultDetail()}.
     */
    FAULT
}
