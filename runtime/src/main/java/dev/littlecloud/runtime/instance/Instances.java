package dev.littlecloud.runtime.instance;

import dev.littlecloud.image.Image;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.KernelConfig;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.FsContext;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.task.Boot;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MachineConfig;
import dev.littlecloud.machine.kvm.KvmMachines;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceRunner;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.Stdio;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Starts instances in machines of this host. */
public final class Instances implements InstanceRunner {
    private static final SecureRandom RANDOM = new SecureRandom();

    @Override
    public RunningInstance start(InstanceSpec spec, Image image, Stdio stdio) {
        String id = newId();
        String hostname = spec.hostname() == null ? id : spec.hostname();
        Users.User user = new Users(image.tree()).find(image.config().user());
        Command command = Command.of(image.config(), spec.process(), hostname, user.home());
        KernelConfig config =
                new KernelConfig(
                        hostname,
                        spec.limits().memoryBytes(),
                        1,
                        spec.limits().taskCount(),
                        spec.readOnlyRoot(),
                        spec.traced());
        Machine machine =
                KvmMachines.open(new MachineConfig(config.memoryBytes(), config.processors()));
        InstanceHost host = new InstanceHost(id);
        Tracer tracer = new Tracer(spec.traced() ? System.err : null);
        Kernel kernel = new Kernel(config, machine, host, tracer);
        kernel.lock().lock();
        try {
            Vfs vfs = RootFileSystem.build(kernel, image, spec.readOnlyRoot());
            kernel.files(vfs);
            kernel.programs(new Programs());
            FsContext context = new FsContext(vfs.root(), vfs.root(), 022);
            Boot.FirstProcess first =
                    new Boot.FirstProcess(
                            command.arguments(),
                            command.environment(),
                            user.credentials(),
                            new FdTable(),
                            context);
            Task init = Boot.prepare(kernel, first);
            long result = -2;
            for (String candidate : command.candidates()) {
                result = Boot.start(init, candidate, first);
                if (result == 0) {
                    break;
                }
            }
            if (result != 0) {
                throw new InstanceException("cannot start: " + result);
            }
        } finally {
            kernel.lock().unlock();
        }
        return new Instance(kernel, machine, host, size -> {}, () -> {});
    }

    private static String newId() {
        byte[] bytes = new byte[6];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
