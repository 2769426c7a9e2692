package dev.littlecloud.kernel.task;

/** Settings of a process that only tell something about it; children start with a copy. */
public final class ProcessTraits {
    /** Timer slack of a first process, in nanoseconds; prctl(2). */
    public static final long DEFAULT_TIMER_SLACK = 50_000;

    /** Which memory a core file would hold: private and ELF headers, as Linux starts; core(5). */
    private static final int DEFAULT_DUMP_FILTER = 0x33;

    /** PR_MCE_KILL_DEFAULT. */
    private static final int MACHINE_CHECK_DEFAULT = 2;

    private int memoryScoreAdjustment;
    private int lowestMemoryScoreAdjustment;
    private int dumpFilter = DEFAULT_DUMP_FILTER;
    private long timerSlackNanos = DEFAULT_TIMER_SLACK;
    private int personality;
    private int loginUser = -1;
    private int dumpable = 1;
    private boolean hugePagesDisabled;
    private int barriers;
    private boolean undoesSemaphores;
    private int machineCheckPolicy = MACHINE_CHECK_DEFAULT;

    ProcessTraits copy() {
        ProcessTraits copy = new ProcessTraits();
        copy.memoryScoreAdjustment = memoryScoreAdjustment;
        copy.lowestMemoryScoreAdjustment = lowestMemoryScoreAdjustment;
        copy.dumpFilter = dumpFilter;
        copy.timerSlackNanos = timerSlackNanos;
        copy.personality = personality;
        copy.loginUser = loginUser;
        copy.dumpable = dumpable;
        copy.hugePagesDisabled = hugePagesDisabled;
        copy.machineCheckPolicy = machineCheckPolicy;
        return copy;
    }

    /** oom_score_adj, -1000 to 1000; proc(5). */
    public int memoryScoreAdjustment() {
        return memoryScoreAdjustment;
    }

    public void memoryScoreAdjustment(int value) {
        memoryScoreAdjustment = value;
    }

    /** The lowest that anybody may set: what was set last with CAP_SYS_RESOURCE. */
    public int lowestMemoryScoreAdjustment() {
        return lowestMemoryScoreAdjustment;
    }

    public void lowestMemoryScoreAdjustment(int value) {
        lowestMemoryScoreAdjustment = value;
    }

    /** coredump_filter; core(5). */
    public int dumpFilter() {
        return dumpFilter;
    }

    public void dumpFilter(int bits) {
        dumpFilter = bits;
    }

    /** PR_SET_TIMERSLACK; kept and not needed. */
    public long timerSlackNanos() {
        return timerSlackNanos;
    }

    public void timerSlackNanos(long nanos) {
        timerSlackNanos = nanos;
    }

    /** personality(2). */
    public int personality() {
        return personality;
    }

    public void personality(int persona) {
        personality = persona;
    }

    /** The user that logged in, -1 where none did; pam_loginuid(8). */
    public int loginUser() {
        return loginUser;
    }

    public void loginUser(int uid) {
        loginUser = uid;
    }

    /** PR_SET_DUMPABLE. */
    public int dumpable() {
        return dumpable;
    }

    /** Whether others of the same user may look into the process. */
    public boolean isOpen() {
        return dumpable == 1;
    }

    public void dumpable(int value) {
        dumpable = value;
    }

    /** PR_SET_THP_DISABLE; kept and not needed. */
    public boolean isHugePagesDisabled() {
        return hugePagesDisabled;
    }

    public void hugePagesDisabled(boolean is) {
        hugePagesDisabled = is;
    }

    /** PR_MCE_KILL; kept and not needed. */
    public int machineCheckPolicy() {
        return machineCheckPolicy;
    }

    public void machineCheckPolicy(int policy) {
        machineCheckPolicy = policy;
    }

    /** Kinds of membarrier(2) that the process registered for, as bits of its commands. */
    public int barriers() {
        return barriers;
    }

    public void barriers(int commands) {
        barriers = commands;
    }

    /** Whether the process ever changed a semaphore with SEM_UNDO; kcmp(2) tells it. */
    public boolean undoesSemaphores() {
        return undoesSemaphores;
    }

    public void undoesSemaphores(boolean does) {
        undoesSemaphores = does;
    }
}
