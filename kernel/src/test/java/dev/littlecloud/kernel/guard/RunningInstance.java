package dev.littlecloud.kernel.guard;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.littlecloud.kernel.Host;
import dev.littlecloud.kernel.InstanceEnd;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.KernelConfig;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.FsContext;
import dev.littlecloud.kernel.fs.InstanceFiles;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.pipe.HostPipe;
import dev.littlecloud.kernel.net.HostNetwork;
import dev.littlecloud.kernel.net.NetworkConfig;
import dev.littlecloud.kernel.net.NetworkStack;
import dev.littlecloud.kernel.syscall.Syscall;
import dev.littlecloud.kernel.syscall.SyscallObserver;
import dev.littlecloud.kernel.task.Boot;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.testing.ImageTree;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MachineConfig;
import dev.littlecloud.machine.kvm.KvmMachines;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A program in a machine, with threads of this test for a host and pipes for standard streams. */
final class RunningInstance implements Host, AutoCloseable {
    private static final long MEMORY_BYTES = 32L << 20;
    private static final long DEADLINE_SECONDS = 60;
    private static final int MANY = 1024;

    private final Machine machine;
    private final Kernel kernel;
    private final NetworkStack network;
    private final HostPipe input;
    private final HostPipe output;
    private final Task init;
    private final Boot.FirstProcess first;
    private final CompletableFuture<InstanceEnd> end = new CompletableFuture<>();
    private final List<Thread> carriers = new CopyOnWriteArrayList<>();
    private boolean carriersRefused;

    RunningInstance(byte[] program) {
        this(program, UnaryOperator.identity());
    }

    /**
     * @param disguise what the kernel sees of the machine
     */
    RunningInstance(byte[] program, UnaryOperator<Machine> disguise) {
        assumeTrue(
                KvmMachines.unavailable().isEmpty(),
                () -> KvmMachines.unavailable().orElse("machines are available"));
        machine = KvmMachines.open(new MachineConfig(MEMORY_BYTES, 1));
        KernelConfig config = new KernelConfig("guarded", MEMORY_BYTES, 1, 64, false, false);
        kernel = new Kernel(config, disguise.apply(machine), this, new Silent());
        network = new NetworkStack(kernel, NetworkConfig.of(true, MEMORY_BYTES), HostNetwork.NONE);
        kernel.network(network);
        ImageTree image = new ImageTree().file("/program", 0755, program);
        kernel.lock().lock();
        try {
            InstanceFiles files =
                    new InstanceFiles(kernel, image.root(), image.lastNumber(), image.blob());
            kernel.files(files.vfs());
            first =
                    new Boot.FirstProcess(
                            List.of("/program"),
                            List.of(),
                            Credentials.of(0, 0),
                            new FdTable(),
                            new FsContext(files.vfs().root(), files.vfs().root(), 022));
            init = Boot.prepare(kernel, first);
            input = HostPipe.input(kernel);
            output = HostPipe.output(kernel);
            install(0, input.guestEnd());
            install(1, output.guestEnd());
        } finally {
            kernel.lock().unlock();
        }
    }

    Kernel kernel() {
        return kernel;
    }

    NetworkStack network() {
        return network;
    }

    RunningInstance install(int fd, OpenFile file) {
        init.files().install(file, fd, false, MANY);
        return this;
    }

    RunningInstance refuseCarriers() {
        carriersRefused = true;
        return this;
    }

    RunningInstance start() {
        kernel.fromHost(() -> Boot.start(init, "/program", first));
        return this;
    }

    /** Types a byte. */
    void type(int letter) throws InterruptedException {
        input.write(new byte[] {(byte) letter}, 0, 1);
    }

    /** The next bytes the program writes; none when there will be none any more. */
    byte[] output() throws InterruptedException {
        byte[] bytes = new byte[64];
        int count = output.read(bytes);
        return Arrays.copyOf(bytes, Math.max(count, 0));
    }

    InstanceEnd awaitEnd() throws Exception {
        return end.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    /** Waits until no carrier runs any more. */
    void joinCarriers() throws InterruptedException {
        for (Thread carrier : carriers) {
            carrier.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
        }
        if (carriers.stream().anyMatch(Thread::isAlive)) {
            throw new AssertionError("a carrier did not end");
        }
    }

    @Override
    public void close() {
        kernel.lock().lock();
        try {
            kernel.end(new InstanceEnd(InstanceEnd.Reason.STOPPED, 9, "", null));
        } finally {
            kernel.lock().unlock();
        }
        end.join();
        machine.close();
    }

    // ---- The host

    @Override
    public void startCarrier(String name, Runnable loop) {
        if (carriersRefused) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        carriers.add(Thread.ofPlatform().daemon().name(name).start(loop));
    }

    @Override
    public void wakeAt(Kernel woken, long monotonicNanos) {
        long delay = Math.max(0, monotonicNanos - System.nanoTime());
        CompletableFuture.delayedExecutor(delay, TimeUnit.NANOSECONDS).execute(woken::timersDue);
    }

    @Override
    public void ended(Kernel ended, InstanceEnd how) {
        end.complete(how);
    }

    private static final class Silent implements SyscallObserver {
        @Override
        public boolean isActive() {
            return false;
        }

        @Override
        public void called(Task task, Syscall call, long result) {}

        @Override
        public void missing(Task task, long number) {}
    }
}
