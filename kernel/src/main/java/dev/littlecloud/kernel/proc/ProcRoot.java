package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.pseudo.PseudoDynamicDirectory;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.fs.pseudo.PseudoLink;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The directory /proc itself: processes beside the fixed files. */
final class ProcRoot extends PseudoDynamicDirectory {
    private final Kernel kernel;

    private final RecentDirectories known = new RecentDirectories();

    private final NetFiles net;

    ProcRoot(PseudoFileSystem fileSystem, Kernel kernel, NetFiles net) {
        super(fileSystem, 0555);
        this.kernel = kernel;
        this.net = net;
        add("self", PseudoLink.to(fileSystem, reader -> String.valueOf(reader.group().pid())));
        add(
                "thread-self",
                PseudoLink.to(
                        fileSystem, reader -> reader.group().pid() + "/task/" + reader.tid()));
        add("mounts", PseudoLink.to(fileSystem, reader -> "self/mounts"));
        add("net", PseudoLink.to(fileSystem, reader -> "self/net"));
    }

    @Override
    protected @Nullable Inode dynamicChild(Task reader, String name) {
        int id = Numbers.parse(name);
        ThreadGroup process = id <= 0 ? null : process(id);
        if (process == null) {
            return null;
        }
        ProcessDirectory directory = known.get(process.pid());
        if (directory == null || directory.target().process() != process) {
            directory = new ProcessDirectory(pseudoFileSystem(), Target.of(process), net);
            known.put(process.pid(), directory);
        }
        return directory;
    }

    /** A process by its id; also by the id of any of its threads, though those are not listed. */
    private @Nullable ThreadGroup process(int id) {
        ThreadGroup process = kernel.tasks().process(id);
        if (process != null) {
            return process;
        }
        Task thread = kernel.tasks().task(id);
        return thread == null ? null : thread.group();
    }

    @Override
    protected List<String> dynamicNames(Task reader) {
        List<String> names = new ArrayList<>();
        for (ThreadGroup process : kernel.tasks().processes()) {
            names.add(String.valueOf(process.pid()));
        }
        return names;
    }
}
