package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.ptrace.Tracing;
import dev.littlecloud.kernel.seccomp.Seccomp;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.ResourceLimits;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** /proc/PID/status. */
final class ProcessStatus {
    private final StringBuilder text = new StringBuilder(1500);

    private ProcessStatus() {}

    static String status(Target target, Task reader) {
        ProcessStatus status = new ProcessStatus();
        status.identity(target);
        AddressSpace space = target.space();
        if (space != null) {
            status.memory(space);
        }
        status.signals(target);
        Task task = target.task();
        status.privileges(target.credentials(), task == null ? null : task.seccomp());
        status.placement(target);
        return status.text.toString();
    }

    private void identity(Target target) {
        ThreadGroup process = target.process();
        Task task = target.task();
        Credentials who = target.credentials();
        line("Name", Escapes.status(target.name()));
        if (task != null) {
            line("Umask", "%04o".formatted(task.fs().umask()));
        }
        line("State", target.state());
        line("Tgid", process.pid());
        line("Ngid", 0);
        line("Pid", target.id());
        line("PPid", process.parentPid());
        line("TracerPid", Tracing.tracerId(task));
        line("Uid", ids(who.uid(), who.euid(), who.suid(), who.fsuid()));
        line("Gid", ids(who.gid(), who.egid(), who.sgid(), who.fsgid()));
        line("FDSize", task == null ? 0 : task.files().size());
        StringBuilder groups = new StringBuilder();
        for (int group : who.groups()) {
            groups.append(Integer.toUnsignedString(group)).append(' ');
        }
        // Linux leaves a space where there are no groups.
        line("Groups", groups.isEmpty() ? " " : groups.toString());
        line("NStgid", process.pid());
        line("NSpid", target.id());
        line("NSpgid", process.processGroup().id());
        line("NSsid", process.session().id());
    }

    private static String ids(int real, int effective, int saved, int fileSystem) {
        return Integer.toUnsignedString(real)
                + "\t"
                + Integer.toUnsignedString(effective)
                + "\t"
                + Integer.toUnsignedString(saved)
                + "\t"
                + Integer.toUnsignedString(fileSystem);
    }

    private void memory(AddressSpace space) {
        MemoryUse use = MemoryUse.of(space);
        long mapped = use.mappedBytes() >> 10;
        long resident = use.residentPages() * 4;
        kilobytes("VmPeak", mapped);
        kilobytes("VmSize", mapped);
        kilobytes("VmLck", use.lockedBytes() >> 10);
        kilobytes("VmPin", 0);
        kilobytes("VmHWM", resident);
        kilobytes("VmRSS", resident);
        kilobytes("RssAnon", use.anonymousPages() * 4);
        kilobytes("RssFile", (use.residentPages() - use.anonymousPages() - use.sharedPages()) * 4);
        kilobytes("RssShmem", use.sharedPages() * 4);
        kilobytes("VmData", use.dataBytes() >> 10);
        kilobytes("VmStk", use.stackBytes() >> 10);
        kilobytes("VmExe", use.programBytes() >> 10);
        kilobytes("VmLib", use.libraryBytes() >> 10);
        kilobytes("VmPTE", space.use().pageTableBytes() >> 10);
        kilobytes("VmSwap", 0);
        kilobytes("HugetlbPages", 0);
        line("CoreDumping", 0);
        line("THP_enabled", 0);
        line("untag_mask", "0xffffffffffffffff");
    }

    private void signals(Target target) {
        ThreadGroup process = target.process();
        Task task = target.task();
        line("Threads", process.threads().size());
        line(
                "SigQ",
                process.pendingSignals().size()
                        + "/"
                        + process.limits().soft(ResourceLimits.SIGPENDING));
        set("SigPnd", task == null ? 0 : task.signals().pending().mask());
        set("ShdPnd", process.pendingSignals().mask());
        set("SigBlk", task == null ? 0 : task.signals().mask());
        set("SigIgn", ProcessStat.ignored(process));
        set("SigCgt", ProcessStat.caught(process));
    }

    private void privileges(Credentials who, @Nullable Seccomp filters) {
        set("CapInh", who.inheritable());
        set("CapPrm", who.permitted());
        set("CapEff", who.effective());
        set("CapBnd", who.bounding());
        set("CapAmb", who.ambient());
        line("NoNewPrivs", who.noNewPrivileges() ? 1 : 0);
        line("Seccomp", filters == null ? 0 : filters.isStrict() ? 1 : 2);
        line("Seccomp_filters", filters == null ? 0 : filters.filterCount());
        line("Speculation_Store_Bypass", "vulnerable");
        line("SpeculationIndirectBranch", "always enabled");
    }

    private void placement(Target target) {
        int processors = target.process().kernel().config().processors();
        Task task = target.task();
        BitSet allowed = CpuSets.first(processors);
        if (task != null) {
            allowed.and(BitSet.valueOf(new long[] {task.scheduling().affinity()}));
        }
        line("Cpus_allowed", CpuSets.mask(allowed));
        line("Cpus_allowed_list", CpuSets.list(allowed));
        line("Mems_allowed", "00000000,00000001");
        line("Mems_allowed_list", "0");
        line("voluntary_ctxt_switches", task == null ? 0 : task.run().voluntarySwitches());
        line("nonvoluntary_ctxt_switches", task == null ? 0 : task.run().involuntarySwitches());
    }

    private void line(String name, String value) {
        text.append(name).append(":\t").append(value).append('\n');
    }

    private void line(String name, long value) {
        line(name, String.valueOf(value));
    }

    private void set(String name, long bits) {
        line(name, "%016x".formatted(bits));
    }

    private void kilobytes(String name, long value) {
        line(name, "%8d kB".formatted(value));
    }
}
