package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskRun;
import dev.littlecloud.kernel.task.ThreadGroup;
import org.jspecify.annotations.Nullable;

/** What a directory of /proc tells of: a process as a whole, or one of its threads. */
final class Target {
    /** What is kept of a process or thread that has ended, with its directory. */
    private static final int BYTES = 16 << 10;

    private final ThreadGroup process;
    private final @Nullable Task thread;

    private Target(ThreadGroup process, @Nullable Task thread) {
        this.process = process;
        this.thread = thread;
    }

    /** A process, as /proc/PID tells of it. */
    static Target of(ThreadGroup process) {
        return new Target(process, null);
    }

    /** A thread, as /proc/PID/task/TID tells of it. */
    static Target of(Task thread) {
        return new Target(thread.group(), thread);
    }

    /** Whether an open file may keep it. */
    boolean mayBeKept() {
        return process.kernel().frames().hasRoom(BYTES);
    }

    /** A file about it is open, and keeps it even when it has ended. */
    void keep() {
        process.kernel().frames().chargeAnyway(BYTES);
    }

    void letGo() {
        process.kernel().frames().uncharge(BYTES);
    }

    ThreadGroup process() {
        return process;
    }

    boolean isProcess() {
        return thread == null;
    }

    int id() {
        return thread == null ? process.pid() : thread.tid();
    }

    /** The thread, or the process's oldest living one; null for a zombie. */
    @Nullable Task task() {
        if (thread != null) {
            return thread.run().state() == TaskRun.State.DEAD ? null : thread;
        }
        return process.threads().isEmpty() ? null : process.threads().getFirst();
    }

    /** Its memory; null for a zombie. */
    @Nullable AddressSpace space() {
        Task task = task();
        return task == null ? null : task.space();
    }

    Credentials credentials() {
        Task task = task();
        return task == null ? process.lastCredentials() : task.credentials();
    }

    String name() {
        Task task = task();
        return task == null ? process.lastName() : task.name();
    }

    /** State letter and word, as in status. */
    String state() {
        Task task = task();
        if (task == null || process.isZombie()) {
            return "Z (zombie)";
        }
        return switch (task.run().state()) {
            case NEW, RUNNABLE, RUNNING -> "R (running)";
            case BLOCKED -> process.isStopped() ? "T (stopped)" : "S (sleeping)";
            case STOPPED -> "T (stopped)";
            case TRACED -> "t (tracing stop)";
            case DEAD -> "X (dead)";
        };
    }
}
