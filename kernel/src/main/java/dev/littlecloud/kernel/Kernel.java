package dev.littlecloud.kernel;

import dev.littlecloud.kernel.fs.FileSystemRoot;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.net.NetworkStack;
import dev.littlecloud.kernel.syscall.SyscallTable;
import dev.littlecloud.kernel.task.Scheduler;
import dev.littlecloud.kernel.task.TaskTable;
import dev.littlecloud.kernel.time.Clock;
import dev.littlecloud.kernel.time.TimerQueue;
import dev.littlecloud.machine.GuestMemory;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One instance's kernel: the root of everything its programs can see. One lock guards it all;
 * handlers run with it held, guest code runs without it.
 */
public final class Kernel {
    private final ReentrantLock lock = new ReentrantLock();
    private final KernelConfig config;
    private final GuestMemory guestMemory;
    private final Frames frames;
    private final Clock clock;
    private final TimerQueue timers;
    private final TaskTable tasks;
    private final Scheduler scheduler;
    private final SyscallTable syscalls;

    public ReentrantLock lock() {
        return lock;
    }

    public KernelConfig config() {
        return config;
    }

    public GuestMemory guestMemory() {
        return guestMemory;
    }

    public Frames frames() {
        return frames;
    }

    public Clock clock() {
        return clock;
    }

    public TimerQueue timers() {
        return timers;
    }

    /** All processes and threads, by id. */
    public TaskTable tasks() {
        return tasks;
    }

    public Scheduler scheduler() {
        return scheduler;
    }

    public SyscallTable syscalls() {
        return syscalls;
    }

    public FileSystemRoot files() {
        return files;
    }

    public NetworkStack network() {
        return network;
    }

    /** Fills bytes from a cryptographic source. */
    public void random(byte[] target) {}
}
