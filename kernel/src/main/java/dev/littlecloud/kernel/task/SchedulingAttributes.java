package dev.littlecloud.kernel.task;

/**
 * What sched(7) keeps for a thread. The instance's scheduler takes turns by equal slices whatever
 * is set here; programs read back what they set. Children start with a copy.
 */
public final class SchedulingAttributes {
    public static final int OTHER = 0;
    public static final int FIFO = 1;
    public static final int ROUND_ROBIN = 2;
    public static final int BATCH = 3;
    public static final int IDLE = 5;
    public static final int DEADLINE = 6;

    private int policy = OTHER;
    private int priority;
    private int nice;
    private int ioPriority;
    private boolean resetOnFork;

    /** Allowed processors as bits; those the instance does not have are not looked at. */
    private long affinity = -1;

    /** What a child starts with; sched(7), "SCHED_RESET_ON_FORK". */
    SchedulingAttributes copy() {
        SchedulingAttributes copy = new SchedulingAttributes();
        copy.affinity = affinity;
        copy.ioPriority = ioPriority;
        boolean keeps = !resetOnFork;
        copy.nice = keeps || nice > 0 ? nice : 0;
        copy.policy = keeps || !isRealtime() ? policy : OTHER;
        copy.priority = keeps ? priority : 0;
        return copy;
    }

    public int policy() {
        return policy;
    }

    public boolean isRealtime() {
        return policy == FIFO || policy == ROUND_ROBIN;
    }

    /** 1 to 99 with a real-time policy, else 0. */
    public int priority() {
        return priority;
    }

    public void policy(int newPolicy, int newPriority) {
        policy = newPolicy;
        priority = newPriority;
    }

    public boolean isResetOnFork() {
        return resetOnFork;
    }

    public void resetOnFork(boolean is) {
        resetOnFork = is;
    }

    /** -20 to 19. */
    public int nice() {
        return nice;
    }

    public void nice(int value) {
        nice = value;
    }

    /** As ioprio_set(2) takes it: class and data. */
    public int ioPriority() {
        return ioPriority;
    }

    public void ioPriority(int value) {
        ioPriority = value;
    }

    public long affinity() {
        return affinity;
    }

    public void affinity(long processors) {
        affinity = processors;
    }
}
