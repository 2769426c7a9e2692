package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.fs.pseudo.PseudoLink;
import dev.littlecloud.kernel.task.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** /proc/PID/ns: an instance has one namespace of each kind; namespaces(7). */
final class NamespaceDirectory extends TargetDirectory {
    private static final long FIRST = 0xF000_0000L;

    NamespaceDirectory(PseudoFileSystem fileSystem, Target target) {
        super(fileSystem, target, 0511);
        namespace("cgroup", "cgroup", FIRST + 6);
        namespace("ipc", "ipc", FIRST + 2);
        namespace("mnt", "mnt", FIRST);
        namespace("net", "net", FIRST + 5);
        namespace("pid", "pid", FIRST + 3);
        namespace("pid_for_children", "pid", FIRST + 3);
        namespace("time", "time", FIRST + 4);
        namespace("time_for_children", "time", FIRST + 4);
        namespace("user", "user", FIRST + 7);
        namespace("uts", "uts", FIRST + 1);
    }

    private void namespace(String name, String kind, long number) {
        add(
                name,
                PseudoLink.magic(
                        pseudoFileSystem(),
                        0777,
                        0,
                        0,
                        reader ->
                                Inspection.isAllowed(reader, target())
                                        ? kind + ":[" + number + "]"
                                        : null,
                        reader -> null));
    }

    @Override
    protected @Nullable Inode dynamicChild(Task task, String name) {
        return null;
    }

    @Override
    protected List<String> dynamicNames(Task task) {
        return List.of();
    }
}
