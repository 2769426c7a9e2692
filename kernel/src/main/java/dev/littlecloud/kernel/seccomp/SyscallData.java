package dev.littlecloud.kernel.seccomp;

/** {@code struct seccomp_data}: what a filter sees of a call. */
public interface SyscallData {
    /** AUDIT_ARCH_X86_64. */
    int ARCHITECTURE = 0xC000003E;

    /** The 32 bits at an offset that is a multiple of 4 and below 64. */
    int word(int offset);
}
