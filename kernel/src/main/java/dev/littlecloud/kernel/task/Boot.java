package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.exec.Execution;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.FsContext;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalActions;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Starts an instance's first process. */
public final class Boot {
    /**
     * What the first process is.
     *
     * @param arguments program and arguments
     * @param environment NAME=value
     */
    public record FirstProcess(
            List<String> arguments,
            List<String> environment,
            Credentials credentials,
            FdTable files,
            FsContext fs) {}

    private Boot() {}

    /** Makes the first process without starting it, so that its program can be looked up as it. */
    public static Task prepare(Kernel kernel, FirstProcess first) {
        int pid = kernel.tasks().newId();
        ProcessGroup jobs = new ProcessGroup(pid, new Session(pid));
        ThreadGroup group =
                new ThreadGroup(
                        kernel,
                        pid,
                        jobs,
                        new ResourceLimits(kernel.config().maxTasks()),
                        new SignalActions());
        group.exitSignal(Signal.SIGCHLD);
        group.times().startedAt(kernel.clock().monotonicNanos());
        kernel.tasks().addGroup(jobs);
        kernel.tasks().add(group);
        kernel.frames().charge(Cloning.TASK_CHARGE);
        first.files().chargeTo(kernel.frames());
        AddressSpace space =
                new AddressSpace(kernel.guestMemory(), kernel.frames(), kernel.sharedTables());
        Task task =
                new Task(kernel, pid, group, space, first.files(), first.fs(), first.credentials());
        group.threads().add(task);
        kernel.tasks().add(task);
        return task;
    }

    /**
     * Starts its program from an absolute path, or one relative to the working directory.
     *
     * @return 0 or {@code -errno}
     */
    public static long start(Task task, String path, FirstProcess first) {
        long result =
                Execution.start(
                        task, -100, path, 0, bytes(first.arguments()), bytes(first.environment()));
        if (result == 0) {
            task.kernel().scheduler().start(task);
            task.kernel().scheduler().notifyProcessors();
        }
        return result;
    }

    private static List<byte[]> bytes(List<String> strings) {
        return strings.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    }
}
