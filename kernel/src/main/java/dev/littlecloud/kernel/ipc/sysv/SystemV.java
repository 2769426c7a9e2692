package dev.littlecloud.kernel.ipc.sysv;

/** An instance's System V objects, and the limits on them: the defaults of Linux. */
public final class SystemV {
    public static final int SHMMNI = 4096;

    /** SHMMAX and SHMALL: no limit but the instance's memory. */
    public static final long SHMMAX = -1L - (1L << 24);

    public static final int SEMMNI = 32000;
    public static final int SEMMSL = 32000;
    public static final int SEMMNS = 1_024_000_000;
    public static final int SEMOPM = 500;
    public static final int SEMVMX = 32767;

    public static final int MSGMNI = 32000;
    public static final int MSGMAX = 8192;
    public static final int MSGMNB = 16384;

    private final IpcTable<SharedSegment> segments = new IpcTable<>(SHMMNI);
    private final IpcTable<SemaphoreSet> semaphores = new IpcTable<>(SEMMNI);
    private final IpcTable<MessageQueue> queues = new IpcTable<>(MSGMNI);

    public IpcTable<SharedSegment> segments() {
        return segments;
    }

    public IpcTable<SemaphoreSet> semaphores() {
        return semaphores;
    }

    public IpcTable<MessageQueue> queues() {
        return queues;
    }
}
