package dev.littlecloud.runtime.instance;

import dev.littlecloud.image.Image;
import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.KernelConfig;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.FsContext;
import dev.littlecloud.kernel.fs.InstanceFiles;
import dev.littlecloud.kernel.net.NetworkStack;
import dev.littlecloud.kernel.proc.SystemMounts;
import dev.littlecloud.kernel.task.Boot;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MachineConfig;
import dev.littlecloud.machine.kvm.KvmMachines;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceRunner;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.WindowSize;
import dev.littlecloud.runtime.network.InstanceNetwork;
import dev.littlecloud.runtime.network.NetworkFiles;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Starts instances in machines of this host. */
public final class Instances implements InstanceRunner {
    private static final int DEFAULT_UMASK = 022;
    private static final SecureRandom RANDOM = new SecureRandom();

    @Override
    public RunningInstance start(InstanceSpec spec, Image image, Stdio stdio) {
        String id = newId();
        String hostname = Objects.requireNonNullElse(spec.hostname(), id);
        Users.User user =
                new Users(image.tree())
                        .find(
                                Objects.requireNonNullElse(
                                        spec.process().user(), image.config().user()));
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
        InstanceHost host = new InstanceHost(id);
        Tracer tracer = new Tracer(spec.traced() ? System.err : null);
        Kernel kernel = new Kernel(config, machine, host, tracer);
        InstanceNetwork network = new InstanceNetwork(spec.network(), spec.limits().memoryBytes());
        NetworkStack stack = new NetworkStack(kernel, network.config(), network);
        kernel.network(stack);
        kernel.atEnd(network::close);
        try {
            network.publish(stack, spec.ports());
        } catch (InstanceException taken) {
            machine.close();
            throw taken;
        }
        GuestStreams streams;
        @Nullable ExitStatus refused;
        kernel.lock().lock();
        try {
            InstanceFiles files =
                    new InstanceFiles(
                            kernel,
                            ImageRoot.of(image.tree()),
                            image.tree().nodeCount(),
                            ImageBlobs.of(image.tree()));
            kernel.files(files.vfs());
            NetworkFiles.write(files.boot(), hostname, network.config());
            SystemMounts mounts = new SystemMounts(kernel, files, stack);
            WindowSize terminal = stdio.terminalSize();
            streams =
                    terminal == null
                            ? new StandardStreams(kernel, stdio, id)
                            : new TerminalStreams(mounts, stdio, terminal, id);
            Dentry directory = files.boot().directory(command.workingDirectory());
            if (spec.readOnlyRoot()) {
                files.sealRoot();
            }
            Boot.FirstProcess first =
                    new Boot.FirstProcess(
                            command.arguments(),
                            command.environment(),
                            user.credentials(),
                            new FdTable(),
                            new FsContext(files.vfs().root(), directory, DEFAULT_UMASK));
            refused = boot(kernel, command, first, streams);
        } finally {
            kernel.lock().unlock();
        }
        Instance instance = new Instance(kernel, machine, host, streams::resize, streams::drain);
        if (refused != null) {
            instance.stop(refused, 0);
        }
        streams.start();
        return instance;
    }

    /** Starts the first process: null, or why its program could not be started. */
    private static @Nullable ExitStatus boot(
            Kernel kernel, Command command, Boot.FirstProcess first, GuestStreams streams) {
        Task init = Boot.prepare(kernel, first);
        streams.attach(init);
        String program = command.arguments().getFirst();
        long worst = -Errno.ENOENT;
        for (String candidate : command.candidates()) {
            long result = Boot.start(init, candidate, first);
            if (result == 0) {
                return null;
            }
            if (result != -Errno.ENOENT && result != -Errno.ENOTDIR) {
                worst = result;
            }
        }
        return switch ((int) -worst) {
            case Errno.ENOENT -> new ExitStatus.NotFound(program);
            case Errno.EACCES -> new ExitStatus.CannotExecute(program, "permission denied");
            case Errno.ENOEXEC ->
                    new ExitStatus.CannotExecute(
                            program, "it is not a 64-bit x86 ELF program or a script");
            default -> new ExitStatus.CannotExecute(program, Errno.name((int) -worst));
        };
    }

    private static String newId() {
        byte[] bytes = new byte[6];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
