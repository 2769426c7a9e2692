package dev.littlecloud.kernel;

import dev.littlecloud.kernel.exec.VdsoPages;
import dev.littlecloud.kernel.freeze.Action;
import dev.littlecloud.kernel.fs.FileSystemRoot;
import dev.littlecloud.kernel.ipc.Futexes;
import dev.littlecloud.kernel.ipc.posix.PosixQueues;
import dev.littlecloud.kernel.ipc.sysv.SystemV;
import dev.littlecloud.kernel.mm.CallSites;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.PostedMode;
import dev.littlecloud.kernel.mm.PostedSites;
import dev.littlecloud.kernel.mm.SharedTables;
import dev.littlecloud.kernel.net.NetworkStack;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.syscall.SyscallDispatch;
import dev.littlecloud.kernel.syscall.SyscallObserver;
import dev.littlecloud.kernel.syscall.SyscallTables;
import dev.littlecloud.kernel.task.CpuQuota;
import dev.littlecloud.kernel.task.MemoryShortage;
import dev.littlecloud.kernel.task.Processor;
import dev.littlecloud.kernel.task.Profile;
import dev.littlecloud.kernel.task.Scheduler;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskRun;
import dev.littlecloud.kernel.task.TaskTable;
import dev.littlecloud.kernel.time.Clock;
import dev.littlecloud.kernel.time.CycleRate;
import dev.littlecloud.kernel.time.TimerQueue;
import dev.littlecloud.kernel.time.VdsoClock;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.Vcpu;
import java.lang.foreign.MemorySegment;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One instance's kernel: the root of everything its programs can see. One lock guards it all;
 * handlers run with it held, guest code runs without it.
 */
public final class Kernel {
    private static final System.Logger LOG = System.getLogger(Kernel.class.getName());

    private final InstanceLock lock = new InstanceLock();
    private final KernelConfig config;
    private final Host host;
    private final Machine machine;
    private final Frames frames;
    private final SharedTables sharedTables;
    private final Clock clock;
    private final VdsoPages vdso;
    private final TimerQueue timers;
    private final TaskTable tasks;
    private final Scheduler scheduler;
    private final SyscallDispatch dispatch;
    private final CpuQuota quota;
    private final CallSites callSites;
    private final MemoryShortage memoryShortage = new MemoryShortage(this);
    private final PostedSites postedSites;
    private final Futexes futexes = new Futexes();
    private final SystemV systemV = new SystemV();
    private final PosixQueues posixQueues;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final MemorySegment initialExtendedState;
    private final List<Action> endActions = new ArrayList<>();
    private final List<Action> restActions = new ArrayList<>();
    private final long bootedAt = System.nanoTime();
    private @Nullable FileSystemRoot files;
    private @Nullable NetworkStack network;

    private final @Nullable Profile profile;

    private @Nullable InstanceEnd end;
    private boolean endTold;

    public Kernel(KernelConfig config, Machine machine, Host host, SyscallObserver observer) {
        this.config = config;
        this.host = host;
        this.machine = machine;
        this.profile = config.profiled() ? new Profile() : null;
        this.frames = new Frames(machine.memory());
        this.sharedTables = new SharedTables(machine.memory());
        frames.onShortage(memoryShortage::relieve);
        this.posixQueues = new PosixQueues(frames);
        this.vdso = new VdsoPages(machine.memory(), frames);
        this.clock = clock(host.cycleRate(), 0);
        this.timers = new TimerQueue(clock, at -> host.wakeAt(this, at));
        this.tasks = new TaskTable(config.maxTasks());
        PostedMode posted = PostedMode.current();
        this.postedSites = new PostedSites(posted);
        this.scheduler = new Scheduler(this, posted);
        sharedTables.guestUse(scheduler::isInGuest);
        this.dispatch = new SyscallDispatch(SyscallTables.linux(), observer);
        this.quota = new CpuQuota(config.cpus(), config.processors(), timers);
        this.callSites = new CallSites(machine.memory(), frames);
        Vcpu first = machine.createVcpu();
        if (clock instanceof VdsoClock shared) {
            shared.attach(vdso.dataPage(), first.tscOffset(), config.processors(), bootedAt);
        }
        first.resetExtendedState();
        this.initialExtendedState = TaskRun.extendedArea(first.extendedStateBytes());
        first.saveExtendedState(initialExtendedState);
        new Processor(this, first);
        for (int i = 1; i < config.processors(); i++) {
            new Processor(this, machine.createVcpu());
        }
    }

    public InstanceLock lock() {
        return lock;
    }

    public KernelConfig config() {
        return config;
    }

    public Host host() {
        return host;
    }

    public GuestMemory guestMemory() {
        return machine.memory();
    }

    /** What CPUID shows to programs: EAX, EBX, ECX and EDX of a leaf. */
    public int[] cpuid(int leaf, int subleaf) {
        return machine.cpuid(leaf, subleaf);
    }

    public SharedTables sharedTables() {
        return sharedTables;
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

    public SyscallDispatch dispatch() {
        return dispatch;
    }

    public CpuQuota quota() {
        return quota;
    }

    public CallSites callSites() {
        return callSites;
    }

    public PostedSites postedSites() {
        return postedSites;
    }

    /** Where exits are counted, if they are. */
    public @Nullable Profile profile() {
        return profile;
    }

    public Futexes futexes() {
        return futexes;
    }

    /** What to do, and what was done, when memory ran out. */
    public MemoryShortage memoryShortage() {
        return memoryShortage;
    }

    /** Shared memory, semaphores and message queues of System V. */
    public SystemV systemV() {
        return systemV;
    }

    /** Message queues of POSIX. */
    public PosixQueues posixQueues() {
        return posixQueues;
    }

    /** The tree of files. */
    public FileSystemRoot files() {
        FileSystemRoot mounted = files;
        if (mounted == null) {
            throw new IllegalStateException("no root file system is mounted");
        }
        return mounted;
    }

    /** Gives the kernel its root file system, before the first process starts. */
    public void files(FileSystemRoot root) {
        files = root;
    }

    /** Sockets and what they reach. */
    public NetworkStack network() {
        NetworkStack stack = network;
        if (stack == null) {
            throw new IllegalStateException("no network was set");
        }
        return stack;
    }

    /** Gives the kernel its network, before the first process starts. */
    public void network(NetworkStack stack) {
        network = stack;
    }

    /** The vDSO that programs are given. */
    public VdsoPages vdso() {
        return vdso;
    }

    /** The extended processor state of a new program. */
    public MemorySegment initialExtendedState() {
        return initialExtendedState;
    }

    /** When the instance was booted, on the monotonic clock in nanoseconds. */
    public long bootedAt() {
        return bootedAt;
    }

    /** Fills bytes from a cryptographic source. */
    public void random(byte[] target) {
        RANDOM.nextBytes(target);
    }

    /** A random number of pages below a power of two, for address-space layout. */
    public long randomPages(int bits) {
        return (RANDOM.nextLong() & (1L << bits) - 1) << Frames.SHIFT;
    }

    /** Runs timers that are due; called by the host without the lock. */
    public void timersDue() {
        fromHost(
                () -> {
                    long next = timers.runExpired();
                    if (next != Long.MAX_VALUE) {
                        host.wakeAt(this, next);
                    }
                });
    }

    /**
     * Something happens to this instance on a thread of the host: takes the lock, and sees that
     * woken tasks run. Nothing is thrown, since that thread serves other instances as well: a
     * failure ends this instance. After the instance's end it does nothing.
     */
    public void fromHost(Runnable event) {
        lock.lock();
        try {
            if (!hasEnded()) {
                event.run();
                scheduler.notifyProcessors();
            }
        } catch (RuntimeException | Error problem) {
            failed(problem);
        } finally {
            lock.unlock();
        }
    }

    // ---- Freezing; see dev.littlecloud.kernel.freeze

    /** Whether no task can run: all wait for something from outside or for a time. */
    public boolean isQuiet() {
        return scheduler.isQuiet();
    }

    /**
     * Brings everything that processors hold into the kernel's own state. The lock is held and the
     * instance is quiet; it may go on afterwards.
     */
    public void store() {
        for (Task task : tasks.tasks()) {
            task.run().registers();
        }
        scheduler.store();
    }

    /** Its machine and clock are there again, or others in their place. */
    public void thawed() {
        if (clock instanceof VdsoClock shared) {
            shared.attach(
                    vdso.dataPage(),
                    scheduler.processors().getFirst().vcpu().tscOffset(),
                    config.processors(),
                    bootedAt);
        }
        long next = timers.earliestOnHost();
        if (next != Long.MAX_VALUE) {
            host.wakeAt(this, next);
        }
        NetworkStack stack = network;
        if (stack != null) {
            stack.thawed();
        }
        scheduler.notifyProcessors();
    }

    /** The clock of an instance in this process. */
    public static Clock clock(@Nullable CycleRate cycles, long ahead) {
        return cycles == null ? new SystemClock(ahead) : new VdsoClock(cycles, ahead);
    }

    /** The machine its programs run on. */
    public Machine machine() {
        return machine;
    }

    // ---- The end

    public boolean hasEnded() {
        return end != null;
    }

    /** Something to do when nothing runs in the instance and nothing did lately: to free memory. */
    public void atRest(Action action) {
        restActions.add(action);
    }

    /** Something to do when the instance ends: closing what it holds of the host. */
    public void atEnd(Action action) {
        endActions.add(action);
    }

    /** The first process ended, and with it the instance. */
    public void initEnded(int status) {
        end(new InstanceEnd(InstanceEnd.Reason.EXITED, status, "", null));
    }

    /** A bug in the kernel, or a host error, ends this instance only. */
    public void failed(Throwable problem) {
        end(
                new InstanceEnd(
                        InstanceEnd.Reason.FAILED,
                        Signal.SIGKILL,
                        "the instance's kernel failed: " + problem,
                        problem));
    }

    /** Ends the instance; the first end counts. Processors leave the guest soon after. */
    public void end(InstanceEnd how) {
        if (end != null) {
            return;
        }
        end = how;
        scheduler.stopAll();
        if (!scheduler.hasThreads()) {
            tellEnd();
        }
    }

    /** A processor's thread ends; after the last one the instance rests, or is over. */
    public void processorStopped() {
        if (scheduler.hasThreads()) {
            return;
        }
        if (hasEnded()) {
            tellEnd();
            return;
        }
        restActions.forEach(Kernel::lastly);
    }

    private void tellEnd() {
        InstanceEnd how = end;
        if (endTold || how == null) {
            return;
        }
        endTold = true;
        for (Task task : List.copyOf(tasks.tasks())) {
            lastly(task.files()::leave);
        }
        endActions.forEach(Kernel::lastly);
        if (clock instanceof VdsoClock shared) {
            lastly(shared::detach);
        }
        host.ended(this, how);
    }

    /** A step of the end: what goes wrong in one must not keep the others from being done. */
    private static void lastly(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error problem) {
            LOG.log(System.Logger.Level.WARNING, "the end of an instance", problem);
        }
    }
}
