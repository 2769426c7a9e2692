package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.task.Task;

/** Hears of system calls: traces and counters. Called with the instance lock held. */
public interface SyscallObserver {
    /** Whether {@link #called} wants to be called. */
    boolean isActive();

    /** A handler has run; {@code result} is {@link Task#BLOCK} where the call sleeps. */
    void called(Task task, Syscall call, long result);

    /** A call came that is not there. */
    void missing(Task task, long number);
}
