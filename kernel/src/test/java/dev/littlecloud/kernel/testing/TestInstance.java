package dev.littlecloud.kernel.testing;

import dev.littlecloud.kernel.Host;
import dev.littlecloud.kernel.InstanceEnd;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.KernelConfig;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.FsContext;
import dev.littlecloud.kernel.fs.InstanceFiles;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.syscall.Syscall;
import dev.littlecloud.kernel.syscall.SyscallObserver;
import dev.littlecloud.kernel.task.Boot;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MemoryImage;
import dev.littlecloud.machine.Registers;
import dev.littlecloud.machine.Vcpu;
import java.lang.reflect.Proxy;
import java.util.BitSet;
import java.util.List;

/** A kernel with a tree of files and a first task that never runs: for calls made by hand. */
public final class TestInstance {
    private final PlainMemory memory;
    private final Kernel kernel;
    private final InstanceFiles files;
    private final Task task;

    public TestInstance(ImageTree image, long memoryBytes) {
        memory = new PlainMemory(memoryBytes);
        KernelConfig config = new KernelConfig("test", memoryBytes, 1, 64, false, false);
        kernel = new Kernel(config, new NoMachine(memory), new NoHost(), new NoObserver());
        files = new InstanceFiles(kernel, image.root(), image.lastNumber(), image.blob());
        kernel.files(files.vfs());
        task = newTask(Credentials.of(0, 0));
    }

    public Kernel kernel() {
        return kernel;
    }

    public PlainMemory memory() {
        return memory;
    }

    public InstanceFiles files() {
        return files;
    }

    public Vfs vfs() {
        return files.vfs();
    }

    /** A task of root. */
    public Task task() {
        return task;
    }

    /** A task of its own process with these credentials, at "/". */
    public Task newTask(Credentials who) {
        FsContext context = new FsContext(vfs().root(), vfs().root(), 022);
        return Boot.prepare(
                kernel,
                new Boot.FirstProcess(List.of("test"), List.of(), who, new FdTable(), context));
    }

    private record NoMachine(GuestMemory memory) implements Machine {
        @Override
        public Vcpu createVcpu() {
            Registers registers = stub(Registers.class);
            return (Vcpu)
                    Proxy.newProxyInstance(
                            Vcpu.class.getClassLoader(),
                            new Class<?>[] {Vcpu.class},
                            (proxy, method, arguments) ->
                                    switch (method.getName()) {
                                        case "registers" -> registers;
                                        case "extendedStateBytes" -> 4096;
                                        default -> zero(method.getReturnType());
                                    });
        }

        @Override
        public int vcpuCount() {
            return 1;
        }

        @Override
        public int[] cpuid(int leaf, int subleaf) {
            return new int[4];
        }

        @Override
        public BitSet ownPages() {
            return new BitSet();
        }

        @Override
        public MemoryImage freeze(BitSet livePages) {
            throw new UnsupportedOperationException("there is no machine");
        }

        @Override
        public void touch(long root, long[] pages) {}

        @Override
        public void close() {}
    }

    private static <T> T stub(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> zero(method.getReturnType())));
    }

    private static Object zero(Class<?> type) {
        if (type == long.class) {
            return 0L;
        }
        if (type == boolean.class) {
            return false;
        }
        return type == String.class ? "" : 0;
    }

    private static final class NoHost implements Host {
        @Override
        public void startCarrier(String name, Runnable loop) {}

        @Override
        public void wakeAt(Kernel kernel, long monotonicNanos) {}

        @Override
        public void ended(Kernel kernel, InstanceEnd end) {}
    }

    private static final class NoObserver implements SyscallObserver {
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
