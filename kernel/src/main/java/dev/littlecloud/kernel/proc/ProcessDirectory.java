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

    ProcessDirectory(PseudoFileSystem fileSystem, Target target, NetFiles net) {
        super(fileSystem, target, 0555);
        this.net = net;
    }

    /** The entry of this name, made when it is wanted first: few are, and listing /proc needs none. */
    private @Nullable Inode entry(String name) {
        Inode there = fixed(name);
        if (there != null) {
            return there;
        }
        Inode made = make(name);
        if (made == null && target().isProcess()) {
            made = makeOfProcess(name);
        }
        if (made != null) {
            add(name, made);
        }
        return made;
    }

    private static final List<String> NAMES =
            List.of(
                    "cmdline",
                    "comm",
                    "environ",
                    "auxv",
                    "limits",
                    "maps",
                    "smaps",
                    "smaps_rollup",
                    "statm",
                    "mem",
                    "stat",
                    "status",
                    "wchan",
                    "schedstat",
                    "io",
                    "syscall",
                    "stack",
                    "personality",
                    "cgroup",
                    "cpuset",
                    "mounts",
                    "mountinfo",
                    "oom_score",
                    "oom_score_adj",
                    "loginuid",
                    "sessionid",
                    "uid_map",
                    "gid_map",
                    "setgroups",
                    "cwd",
                    "root",
                    "exe",
                    "fd",
                    "fdinfo",
                    "ns",
                    "net");

    private @Nullable Inode make(String name) {
        return switch (name) {
            case "cmdline" -> text(ProcessTexts::commandLine);
            case "comm" -> writable(ProcessTexts::name, ProcessTexts::rename);
            case "environ" -> secret(ProcessTexts::environment);
            case "auxv" -> secret(ProcessTexts::auxiliaryVector);
            case "limits" -> text(ProcessLimits::limits);
            case "maps" -> text(guarded(MemoryMaps::maps));
            case "smaps" -> text(guarded(MemoryMaps::smaps));
            case "smaps_rollup" -> text(guarded(MemoryMaps::rollup));
            case "statm" -> text(ProcessStat::statm);
            case "mem" -> new MemoryFile(pseudoFileSystem(), target());
            case "stat" -> text(ProcessStat::stat);
            case "status" -> text(ProcessStatus::status);
            case "wchan" -> text(ProcessTexts::waitChannel);
            case "schedstat" -> text(ProcessTexts::schedulerTimes);
            case "io" -> secret(ProcessIo::text);
            case "syscall" -> secret(ProcessTexts::systemCall);
            case "stack" -> new RefusedFile(pseudoFileSystem(), target(), 0400);
            case "personality" -> secret(ProcessSettings::personality);
            case "cgroup" -> text(ProcessTexts::cgroup);
            case "cpuset" -> text((target, reader) -> "/\n");
            case "mounts" -> text(Mounts::mounts);
            case "mountinfo" -> text(Mounts::mountInfo);
            case "oom_score" -> text(ProcessSettings::memoryScore);
            case "oom_score_adj" ->
                    writable(
                            ProcessSettings::memoryScoreAdjustment,
                            ProcessSettings::memoryScoreAdjustment);
            case "loginuid" -> writable(ProcessSettings::loginUser, ProcessSettings::loginUser);
            case "sessionid" -> text((target, reader) -> "4294967295");
            case "uid_map", "gid_map" -> writable(ProcessSettings::idMap, ProcessSettings::idMap);
            case "setgroups" -> writable((target, reader) -> "allow\n", ProcessSettings::setGroups);
            case "cwd" -> link(task -> task.fs(), FsContext::workingDirectory);
            case "root" -> link(task -> task.fs(), FsContext::root);
            case "exe" -> link(task -> task.group(), group -> group.executable());
            case "fd" -> new FdDirectory(pseudoFileSystem(), target(), false);
            case "fdinfo" -> new FdDirectory(pseudoFileSystem(), target(), true);
            case "ns" -> new NamespaceDirectory(pseudoFileSystem(), target());
            case "net" -> net.directory(pseudoFileSystem());
            default -> null;
        };
    }

    /** What /proc/PID has and /proc/PID/task/TID has not. */
    private static final List<String> NAMES_OF_PROCESS =
            List.of("task", "mountstats", "coredump_filter", "timerslack_ns");

    private @Nullable Inode makeOfProcess(String name) {
        return switch (name) {
            case "task" -> new ThreadListDirectory(pseudoFileSystem(), target(), net);
            case "mountstats" -> text(Mounts::mountStatistics);
            case "coredump_filter" ->
                    writable(ProcessSettings::dumpFilter, ProcessSettings::dumpFilter);
            case "timerslack_ns" ->
                    writable(ProcessSettings::timerSlack, ProcessSettings::timerSlack);
            default -> null;
        };
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

    private <T> Inode link(Part<T> part, Place<T> place) {
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
        return PseudoLink.magic(pseudoFileSystem(), 0777, 0, 0, text, where);
    }

    /** All entries: who opens the directory may list it. */
    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        NAMES.forEach(this::entry);
        if (target().isProcess()) {
            NAMES_OF_PROCESS.forEach(this::entry);
        }
        return super.open(task, dentry, flags);
    }

    @Override
    protected @Nullable Inode dynamicChild(Task task, String name) {
        return entry(name);
    }

    @Override
    protected List<String> dynamicNames(Task task) {
        return List.of();
    }
}
