package dev.littlecloud.runtime.instance;

import dev.littlecloud.image.Image;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.KernelConfig;
import dev.littlecloud.kernel.net.NetworkStack;
import dev.littlecloud.kernel.syscall.SyscallObserver;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MachineConfig;
import dev.littlecloud.machine.kvm.KvmMachines;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.Observation;
import dev.littlecloud.runtime.network.InstanceNetwork;
import dev.littlecloud.runtime.network.Neighbours;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An instance whose first process was started, unless it could not be. */
public final class BootedInstance {
    private final Kernel kernel;
    private final Machine machine;
    private final InstanceHost host;
    private final InstanceNetwork network;
    private final FirstProcess first;
    private final Command command;
    private final Users.User user;
    private final @Nullable ExitStatus refused;

    /** Gives the first process its descriptors 0 to 2. Called with the instance lock held. */
    interface Streams {
        void connect(FirstProcess first, Kernel kernel, NetworkStack stack);
    }

    private BootedInstance(
            Machine machine,
            KernelConfig config,
            InstanceSpec spec,
            Image image,
            String id,
            SyscallObserver observer,
            Command command,
            Users.User user,
            Neighbours neighbours,
            Streams streams) {
        this.machine = machine;
        this.host = new InstanceHost(id);
        this.kernel = new Kernel(config, machine, host, observer);
        this.network = new InstanceNetwork(spec.network(), spec.limits().memoryBytes(), neighbours);
        this.command = command;
        this.user = user;
        NetworkStack stack = new NetworkStack(kernel, network.config(), network);
        kernel.network(stack);
        host.atEnd(network::close);
        kernel.lock().lock();
        try {
            this.first = new FirstProcess(kernel, image, spec, network, id);
            streams.connect(first, kernel, stack);
            this.refused = first.start(command, user);
        } catch (InstanceException told) {
            kernel.failed(told);
            throw told;
        } catch (RuntimeException | Error problem) {
            // What was made so far must not outlive the machine.
            kernel.failed(problem);
            throw new InstanceException("the instance could not be made: " + problem, problem);
        } finally {
            kernel.lock().unlock();
        }
    }

    /**
     * Boots an instance whose streams end in this process.
     *
     * @param neighbours services that it may reach
     * @param streams made with the instance lock held
     */
    public static BootedInstance boot(
            InstanceSpec spec,
            Image image,
            String id,
            SyscallObserver observer,
            Neighbours neighbours,
            Function<Kernel, GuestStreams> streams) {
        return boot(
                spec,
                image,
                id,
                observer,
                neighbours,
                (first, kernel, stack) -> first.streams(streams.apply(kernel), stack));
    }

    static BootedInstance boot(
            InstanceSpec spec,
            Image image,
            String id,
            SyscallObserver observer,
            Neighbours neighbours,
            Streams streams) {
        String hostname = Objects.requireNonNullElse(spec.hostname(), id);
        String wantedUser =
                Objects.requireNonNullElse(spec.process().user(), image.config().user());
        Users.User user = new Users(image.tree()).find(wantedUser);
        Command command = Command.of(image.config(), spec.process(), hostname, user.home());
        KernelConfig config =
                new KernelConfig(
                        hostname,
                        spec.limits().memoryBytes(),
                        spec.limits().cpus().milliCpus() / 1000.0,
                        spec.limits().taskCount(),
                        spec.readOnlyRoot(),
                        spec.observation() == Observation.PROFILE);
        Machine machine =
                KvmMachines.open(new MachineConfig(config.memoryBytes(), config.processors()));
        try {
            return new BootedInstance(
                    machine, config, spec, image, id, observer, command, user, neighbours, streams);
        } catch (RuntimeException | Error failed) {
            machine.close();
            throw failed;
        }
    }

    public Kernel kernel() {
        return kernel;
    }

    public Machine machine() {
        return machine;
    }

    public InstanceHost host() {
        return host;
    }

    InstanceNetwork network() {
        return network;
    }

    /** Why the first process could not be started, or null. */
    public @Nullable ExitStatus refused() {
        return refused;
    }

    /** Whether a file exists. Takes the instance lock. */
    public boolean exists(String directory, String name) {
        kernel.lock().lock();
        try {
            return first.exists(directory, name);
        } finally {
            kernel.lock().unlock();
        }
    }

    /**
     * Starts a program beside the first process, with its user, environment and directory.
     *
     * @param streams made with the instance lock held
     * @return its process; null where it cannot be executed
     */
    public @Nullable ThreadGroup startBeside(
            List<String> arguments, Function<Kernel, GuestStreams> streams) {
        kernel.lock().lock();
        try {
            return first.startBeside(
                    new Command(arguments, command.environment(), command.workingDirectory()),
                    user,
                    streams.apply(kernel));
        } finally {
            kernel.lock().unlock();
        }
    }
}
