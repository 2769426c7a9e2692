package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.task.Task;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** /proc/PID/task. */
final class ThreadListDirectory extends TargetDirectory {
    private final RecentDirectories threads = new RecentDirectories();

    private final NetFiles net;

    ThreadListDirectory(PseudoFileSystem fileSystem, Target target, NetFiles net) {
        super(fileSystem, target, 0555);
        this.net = net;
    }

    @Override
    protected @Nullable Inode dynamicChild(Task reader, String name) {
        int tid = Numbers.parse(name);
        for (Task thread : target().process().threads()) {
            if (thread.tid() == tid) {
                ProcessDirectory known = threads.get(tid);
                if (known == null || known.target().task() != thread) {
                    known = new ProcessDirectory(pseudoFileSystem(), Target.of(thread), net);
                    threads.put(tid, known);
                }
                return known;
            }
        }
        return null;
    }

    @Override
    int linkCount() {
        return 2 + target().process().threads().size();
    }

    @Override
    protected List<String> dynamicNames(Task reader) {
        List<String> names = new ArrayList<>();
        target().process().threads().stream()
                .mapToInt(Task::tid)
                .sorted()
                .forEach(tid -> names.add(String.valueOf(tid)));
        return names;
    }
}
