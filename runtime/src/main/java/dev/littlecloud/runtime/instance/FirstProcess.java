package dev.littlecloud.runtime.instance;

import dev.littlecloud.image.Image;
import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.Directory;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.FsContext;
import dev.littlecloud.kernel.fs.InstanceFiles;
import dev.littlecloud.kernel.net.NetworkStack;
import dev.littlecloud.kernel.proc.SystemMounts;
import dev.littlecloud.kernel.task.Boot;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.WindowSize;
import dev.littlecloud.runtime.network.InstanceNetwork;
import dev.littlecloud.runtime.network.NetworkFiles;
import dev.littlecloud.runtime.volume.Volumes;
import org.jspecify.annotations.Nullable;

/** Gives an instance its files and its first process. Used with the instance lock held. */
final class FirstProcess {
    private static final int DEFAULT_UMASK = 022;

    private final Kernel kernel;
    private final InstanceSpec spec;
    private final InstanceFiles files;
    private final String id;
    private @Nullable GuestStreams streams;

    FirstProcess(
            Kernel kernel, Image image, InstanceSpec spec, InstanceNetwork network, String id) {
        this.kernel = kernel;
        this.spec = spec;
        this.id = id;
        this.files =
                new InstanceFiles(
                        kernel,
                        ImageRoot.of(image.tree()),
                        image.tree().nodeCount(),
                        ImageBlobs.of(image.tree()));
        kernel.files(files.vfs());
        NetworkFiles.write(files.boot(), kernel.config().hostname(), network.config());
    }

    /** Mounts what the kernel makes up, and connects the user's terminal or streams. */
    GuestStreams streams(Stdio stdio, NetworkStack network) {
        SystemMounts mounts = new SystemMounts(kernel, files, network);
        WindowSize size = stdio.terminalSize();
        GuestStreams made =
                size == null
                        ? new StandardStreams(kernel, stdio, id)
                        : new TerminalStreams(
                                mounts.console(size.rows(), size.columns()), stdio, id);
        streams = made;
        return made;
    }

    /** Mounts what the kernel makes up, and connects streams of the caller's making. */
    void streams(GuestStreams made, NetworkStack network) {
        new SystemMounts(kernel, files, network);
        streams = made;
    }

    /** Whether a file exists. Its directory is made where it is missing. */
    boolean exists(String directory, String name) {
        return files.boot().directory(directory).inode() instanceof Directory found
                && found.lookupAtBoot(name) != null;
    }

    /**
     * Starts another program beside the first one, as {@code docker exec} does: nobody's child, with
     * the given descriptors.
     *
     * @return null where there is no such program or it cannot be executed
     */
    @Nullable ThreadGroup startBeside(Command command, Users.User user, GuestStreams others) {
        Dentry directory = files.boot().directory(command.workingDirectory());
        Boot.FirstProcess beside = process(command, user, directory);
        Task task = Boot.prepare(kernel, beside);
        others.install(task);
        for (String candidate : command.candidates()) {
            if (Boot.start(task, candidate, beside) == 0) {
                return task.group();
            }
        }
        task.files().leave();
        kernel.tasks().remove(task);
        kernel.tasks().remove(task.group());
        return null;
    }

    private Boot.FirstProcess process(Command command, Users.User user, Dentry directory) {
        return new Boot.FirstProcess(
                command.arguments(),
                command.environment(),
                user.credentials(),
                new FdTable(),
                new FsContext(files.vfs().root(), directory, DEFAULT_UMASK));
    }

    /** Starts the program: null, or why it could not be started. */
    @Nullable ExitStatus start(Command command, Users.User user) {
        Volumes.mount(kernel, files, spec.volumes());
        Dentry directory = files.boot().directory(command.workingDirectory());
        if (spec.readOnlyRoot()) {
            files.sealRoot();
        }
        Boot.FirstProcess first = process(command, user, directory);
        Task init = Boot.prepare(kernel, first);
        if (streams != null) {
            streams.install(init);
        }
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
            case Errno.ENOMEM ->
                    new ExitStatus.CannotExecute(
                            program, "it needs more memory; raise the limit with --memory");
            default -> new ExitStatus.CannotExecute(program, Errno.name((int) -worst));
        };
    }
}
