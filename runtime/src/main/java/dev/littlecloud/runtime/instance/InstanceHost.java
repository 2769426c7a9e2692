package dev.littlecloud.runtime.instance;

import dev.littlecloud.kernel.Host;
import dev.littlecloud.kernel.InstanceEnd;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.time.CycleRate;
import dev.littlecloud.runtime.host.HostCycles;
import dev.littlecloud.runtime.network.HostPoller;
import dev.littlecloud.sys.Clocks;
import dev.littlecloud.sys.HostProcessors;
import dev.littlecloud.sys.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What one instance's kernel gets of this process. */
public final class InstanceHost implements Host {
    private static final System.Logger LOG = System.getLogger(InstanceHost.class.getName());

    private final String id;
    private final CompletableFuture<InstanceEnd> end = new CompletableFuture<>();
    private final List<Runnable> endActions = new ArrayList<>();
    private AlarmClock.@Nullable Alarm alarm;

    /**
     * @param id names the instance's threads
     */
    public InstanceHost(String id) {
        this.id = id;
    }

    /** Completed when the instance has ended. */
    public CompletableFuture<InstanceEnd> end() {
        return end;
    }

    /** Something of this process to close when the instance ends. Before it runs. */
    public void atEnd(Runnable action) {
        endActions.add(action);
    }

    @Override
    public void startCarrier(String name, Runnable loop) {
        Carriers.start(name + "-" + id, loop);
    }

    @Override
    public long threadNanos() {
        return Clocks.nanos(Clocks.THREAD_CPU_TIME);
    }

    @Override
    public LongSupplier threadClock() {
        int clock = Clocks.cpuClockOf(Threads.currentId());
        return () -> Clocks.nanos(clock);
    }

    @Override
    public int processor() {
        return HostProcessors.current();
    }

    @Override
    public void avoid(int processor) {
        keepOff(0, processor);
    }

    @Override
    public IntConsumer avoider() {
        int thread = Threads.currentId();
        return processor -> keepOff(thread, processor);
    }

    private static void keepOff(int thread, int processor) {
        if (HostProcessors.useAllBut(thread, processor) < 0) {
            LOG.log(System.Logger.Level.TRACE, "there is no processor but " + processor);
        }
    }

    @Override
    public void avoidNone() {
        if (HostProcessors.useAll() < 0) {
            LOG.log(System.Logger.Level.DEBUG, "a thread keeps to the processors it has");
        }
    }

    @Override
    public boolean takeOverEvents() {
        return HostPoller.shared().takeOver();
    }

    @Override
    public void lookForEvents(Runnable meanwhile) {
        HostPoller.shared().look(meanwhile);
    }

    @Override
    public void giveBackEvents() {
        HostPoller.shared().giveBack();
    }

    @Override
    public void wakeAt(Kernel kernel, long monotonicNanos) {
        AlarmClock.Alarm mine = alarm;
        if (mine == null) {
            mine = new AlarmClock.Alarm(kernel::timersDue);
            alarm = mine;
        }
        AlarmClock.SHARED.set(mine, monotonicNanos);
    }

    @Override
    public @Nullable CycleRate cycleRate() {
        return HostCycles.rate();
    }

    @Override
    public void ended(Kernel kernel, InstanceEnd how) {
        AlarmClock.Alarm mine = alarm;
        if (mine != null) {
            AlarmClock.SHARED.clear(mine);
        }
        try {
            endActions.forEach(Runnable::run);
        } finally {
            end.complete(how);
        }
    }
}
