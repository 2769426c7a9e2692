package dev.littlecloud.kernel.task;

/** Resource limits of a process; getrlimit(2). Bytes, seconds or counts as the manual says. */
public final class ResourceLimits {
    public static final int CPU = 0;
    public static final int FSIZE = 1;
    public static final int DATA = 2;
    public static final int STACK = 3;
    public static final int CORE = 4;
    public static final int RSS = 5;
    public static final int NPROC = 6;
    public static final int NOFILE = 7;
    public static final int MEMLOCK = 8;
    public static final int AS = 9;
    public static final int LOCKS = 10;
    public static final int SIGPENDING = 11;
    public static final int MSGQUEUE = 12;
    public static final int NICE = 13;
    public static final int RTPRIO = 14;
    public static final int RTTIME = 15;
    public static final int COUNT = 16;

    /** RLIM_INFINITY. */
    public static final long INFINITY = -1L;

    private final long[] soft = new long[COUNT];
    private final long[] hard = new long[COUNT];

    /** What the first process gets. */
    public ResourceLimits(int maxTasks) {
        for (int i = 0; i < COUNT; i++) {
            soft[i] = INFINITY;
            hard[i] = INFINITY;
        }
        set(STACK, 8L << 20, INFINITY);
        set(CORE, 0, INFINITY);
        set(NPROC, maxTasks, maxTasks);
        set(NOFILE, 1024, 65536);
        set(MEMLOCK, 8L << 20, 8L << 20);
        set(SIGPENDING, 8192, 8192);
        set(MSGQUEUE, 819200, 819200);
        set(NICE, 0, 0);
        set(RTPRIO, 0, 0);
    }

    public long soft(int resource) {
        return soft[resource];
    }

    public long hard(int resource) {
        return hard[resource];
    }

    public void set(int resource, long newSoft, long newHard) {
        soft[resource] = newSoft;
        hard[resource] = newHard;
    }

    public ResourceLimits copy() {
        ResourceLimits copy = new ResourceLimits(0);
        System.arraycopy(soft, 0, copy.soft, 0, COUNT);
        System.arraycopy(hard, 0, copy.hard, 0, COUNT);
        return copy;
    }

    /** The most descriptors a process may have open. */
    public long descriptors() {
        return soft[NOFILE] == INFINITY ? Integer.MAX_VALUE : soft[NOFILE];
    }
}
