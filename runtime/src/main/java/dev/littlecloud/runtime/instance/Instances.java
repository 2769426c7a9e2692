package dev.littlecloud.runtime.instance;

import dev.littlecloud.image.Image;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.KernelConfig;
import dev.littlecloud.kernel.net.NetworkStack;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MachineConfig;
import dev.littlecloud.machine.kvm.KvmMachines;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceRunner;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.network.InstanceNetwork;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Starts instances in machines of this host. */
public final class Instances implements InstanceRunner {
    private static final SecureRandom RANDOM = new SecureRandom();

    @Override
    public RunningInstance start(InstanceSpec spec, Image image, Stdio stdio) {
        String id = newId();
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
                        spec.traced());
        Machine machine =
                KvmMachines.open(new MachineConfig(config.memoryBytes(), config.processors()));
        try {
            return start(machine, config, id, command, user, spec, image, stdio);
        } catch (RuntimeException | Error refused) {
            machine.close();
            throw refused;
        }
    }

    private static Instance start(
            Machine machine,
            KernelConfig config,
            String id,
            Command command,
            Users.User user,
            InstanceSpec spec,
            Image image,
            Stdio stdio) {
        InstanceHost host = new InstanceHost(id);
        Tracer tracer = new Tracer(spec.traced() ? System.err : null);
        Kernel kernel = new Kernel(config, machine, host, tracer);
        InstanceNetwork network = new InstanceNetwork(spec.network(), spec.limits().memoryBytes());
        NetworkStack stack = new NetworkStack(kernel, network.config(), network);
        kernel.network(stack);
        kernel.atEnd(network::close);
        GuestStreams streams;
        @Nullable ExitStatus refused;
        kernel.lock().lock();
        try {
            FirstProcess first = new FirstProcess(kernel, image, spec, network, id);
            streams = first.streams(stdio, stack);
            refused = first.start(command, user);
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
        Instance instance =
                new Instance(kernel, machine, host, streams, tracer, spec.limits().timeout());
        if (refused != null) {
            instance.stop(refused);
        }
        try {
            network.publish(stack, spec.ports());
        } catch (RuntimeException taken) {
            instance.close();
            throw taken;
        }
        streams.start();
        return instance;
    }

    private static String newId() {
        byte[] bytes = new byte[6];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
