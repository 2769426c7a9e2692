package dev.littlecloud.kernel.syscall;

/** How much of a system call is there. */
public enum Support {
    /** All documented behaviour that a program inside an instance can meet. */
    FULL,
    /** Some flags or cases are missing; the note says which. */
    PARTIAL,
    /** Answers a documented error on purpose, as a Linux built without the feature would. */
    REFUSED,
    /** Not there: ENOSYS, and counted. */
    MISSING
}
