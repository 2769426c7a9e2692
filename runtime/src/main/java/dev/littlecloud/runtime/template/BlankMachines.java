package dev.littlecloud.runtime.template;

import dev.littlecloud.machine.BlankMachine;
import dev.littlecloud.machine.MachineException;
import dev.littlecloud.machine.kvm.KvmMachines;
import dev.littlecloud.runtime.host.ShortTurns;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Machines without memory, kept ready: making one takes longer than all the rest of a start. They
 * belong to no service. One thread makes them up again, {@code blank-machines}.
 */
public final class BlankMachines {
    private static final System.Logger LOG = System.getLogger(BlankMachines.class.getName());

    /** The machines of this process. */
    public static final BlankMachines SHARED = new BlankMachines();

    /**
     * Making one keeps all mappings of the process locked, for the longer the more there are. So it
     * waits until no clone has started for this time, unless hardly any machine is left.
     */
    private static final long REST_NANOS = 20_000_000;

    private static final int HARDLY_ANY = 1;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Map<Integer, ArrayDeque<BlankMachine>> ready = new ConcurrentHashMap<>();
    private long lastTaken = System.nanoTime();
    private int wanted = 4;
    private @Nullable Thread maker;

    private BlankMachines() {}

    /** How many to keep of each kind that was asked for; they are made soon. */
    public synchronized void keep(int count) {
        wanted = count;
        for (ArrayDeque<BlankMachine> kind : ready.values()) {
            while (kind.size() > count) {
                kind.poll().close();
            }
        }
        notifyAll();
    }

    /** How many there are of a kind. */
    public synchronized int ready(int vcpus) {
        return kind(vcpus).size();
    }

    /** Has machines of a kind made, without waiting for them. */
    synchronized void prepare(int vcpus) {
        kind(vcpus);
        startMaker();
        notifyAll();
    }

    /** A machine; made now where none is ready. */
    BlankMachine take(int vcpus) {
        BlankMachine taken;
        synchronized (this) {
            taken = kind(vcpus).poll();
            lastTaken = System.nanoTime();
            startMaker();
            notifyAll();
        }
        return taken != null ? taken : KvmMachines.blank(vcpus);
    }

    /** A machine that is made now, where there is time for that. */
    static BlankMachine make(int vcpus) {
        return KvmMachines.blank(vcpus);
    }

    private ArrayDeque<BlankMachine> kind(int vcpus) {
        return ready.computeIfAbsent(vcpus, _ -> new ArrayDeque<>());
    }

    private void startMaker() {
        if (maker == null) {
            maker = Thread.ofPlatform().daemon().name("blank-machines").start(this::make);
        }
    }

    private void make() {
        ShortTurns.leaveToOthers();
        while (true) {
            try {
                int vcpus = awaitMissing();
                BlankMachine made = KvmMachines.blank(vcpus);
                synchronized (this) {
                    kind(vcpus).add(made);
                }
            } catch (MachineException refused) {
                // Out of descriptors or memory, say. Starts will be told when they try themselves.
                LOG.log(System.Logger.Level.WARNING, "no machine can be made ahead", refused);
                synchronized (this) {
                    wanted = 0;
                }
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    private synchronized int awaitMissing() throws InterruptedException {
        while (true) {
            long rest = lastTaken + REST_NANOS - System.nanoTime();
            boolean anyMissing = false;
            for (Map.Entry<Integer, ArrayDeque<BlankMachine>> kind : ready.entrySet()) {
                int count = kind.getValue().size();
                if (count < wanted && (rest <= 0 || count <= HARDLY_ANY)) {
                    return kind.getKey();
                }
                anyMissing |= count < wanted;
            }
            if (anyMissing) {
                wait(rest / NANOS_PER_MILLI + 1);
            } else {
                wait();
            }
        }
    }
}
