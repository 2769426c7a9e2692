package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.freeze.Freezable;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.FsContext;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.fs.pseudo.PseudoLink;
import dev.littlecloud.kernel.task.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** /proc/PID, and with less in it /proc/PID/task/TID; proc(5). */
final class ProcessDirectory extends TargetDirectory {
    private final NetFiles net;
    private boolean filled;

    ProcessDirectory(PseudoFileSystem fileSystem, Target target, NetFiles net) {
        super(fileSystem, target, 0555);
        this.net = net;
    }

    /** Makes the entries when the first is wanted: listing /proc needs none. */
    private void fill() {
        if (filled) {
            return;
        }
        filled = true;
        PseudoFileSystem fileSystem = pseudoFileSystem();
        Target target = target();
        addProgram();
        addMemory();
        addState();
        addIdentity();
        addLinks();
        add("fd", new FdDirectory(fileSystem, target, false));
        add("fdinfo", new FdDirectory(fileSystem, target, true));
        add("ns", new NamespaceDirectory(fileSystem, target));
        add("net", net.directory(fileSystem));
        if (target.isProcess()) {
            add("task", new ThreadListDirectory(fileSystem, target, net));
            text("mountstats", Mounts::mountStatistics);
            writable("coredump_filter", ProcessSettings::dumpFilter, ProcessSettings::dumpFilter);
            writable("timerslack_ns", ProcessSettings::timerSlack, ProcessSettings::timerSlack);
        }
    }

    private void addProgram() {
        text("cmdline", ProcessTexts::commandLine);
        writable("comm", ProcessTexts::name, ProcessTexts::rename);
        secret("environ", ProcessTexts::environment);
        secret("auxv", ProcessTexts::auxiliaryVector);
        text("limits", ProcessLimits::limits);
    }

    private void addMemory() {
        text("maps", guarded(MemoryMaps::maps));
        text("smaps", guarded(MemoryMaps::smaps));
        text("smaps_rollup", guarded(MemoryMaps::rollup));
        text("statm", ProcessStat::statm);
        add("mem", new MemoryFile(pseudoFileSystem(), target()));
    }

    private void addState() {
        text("stat", ProcessStat::stat);
        text("status", ProcessStatus::status);
        text("wchan", ProcessTexts::waitChannel);
        text("schedstat", ProcessTexts::schedulerTimes);
        secret("io", ProcessIo::text);
        secret("syscall", ProcessTexts::systemCall);
        add("stack", new RefusedFile(pseudoFileSystem(), target(), 0400));
        secret("personality", ProcessSettings::personality);
    }

    private void addIdentity() {
        text("cgroup", ProcessTexts::cgroup);
        text("cpuset", (target, reader) -> "/\n");
        text("mounts", Mounts::mounts);
        text("mountinfo", Mounts::mountInfo);
        text("oom_score", ProcessSettings::memoryScore);
        writable(
                "oom_score_adj",
                ProcessSettings::memoryScoreAdjustment,
                ProcessSettings::memoryScoreAdjustment);
        writable("loginuid", ProcessSettings::loginUser, ProcessSettings::loginUser);
        text("sessionid", (target, reader) -> "4294967295");
        writable("uid_map", ProcessSettings::idMap, ProcessSettings::idMap);
        writable("gid_map", ProcessSettings::idMap, ProcessSettings::idMap);
        writable("setgroups", (target, reader) -> "allow\n", ProcessSettings::setGroups);
    }

    private void addLinks() {
        link("cwd", task -> task.fs(), FsContext::workingDirectory);
        link("root", task -> task.fs(), FsContext::root);
        link("exe", task -> task.group(), group -> group.executable());
    }

    /** A file that anybody may open, but only those see something in who may inspect the process. */
    private static TargetFile.Text guarded(TargetFile.Text text) {
        return (target, reader) ->
                Inspection.isAllowed(reader, target) ? text.text(target, reader) : "";
    }

    /** What of a task a link is about. */
    private interface Part<T> extends Freezable {
        T of(Task task);
    }

    /** Where that is. */
    private interface Place<T> extends Freezable {
        @Nullable Dentry of(T part);
    }

    private <T> void link(String name, Part<T> part, Place<T> place) {
        PseudoLink.Target where =
                reader -> {
                    Task task = target().task();
                    return task == null || !Inspection.isAllowed(reader, target())
                            ? null
                            : place.of(part.of(task));
                };
        PseudoLink.LinkText text =
                reader -> {
                    Dentry dentry = where.find(reader);
                    return dentry == null ? null : dentry.display(reader.fs().root());
                };
        add(name, PseudoLink.magic(pseudoFileSystem(), 0777, 0, 0, text, where));
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        fill();
        return super.open(task, dentry, flags);
    }

    @Override
    protected @Nullable Inode dynamicChild(Task task, String name) {
        if (filled) {
            return null;
        }
        fill();
        return fixed(name);
    }

    @Override
    protected List<String> dynamicNames(Task task) {
        return List.of();
    }
}
