package dev.littlecloud.kernel.task;

/**
 * A call with a deadline that a stop of its traced thread interrupted; restart_syscall(2).
 *
 * @param deadline on the monotonic clock
 */
record SuspendedCall(long number, long a, long b, long c, long d, long e, long f, long deadline) {}
