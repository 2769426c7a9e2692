package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.ProgramLayout;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalActions;
import dev.littlecloud.kernel.task.ProcessTimes;
import dev.littlecloud.kernel.task.ResourceLimits;
import dev.littlecloud.kernel.task.SchedulingAttributes;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import org.jspecify.annotations.Nullable;

/** /proc/PID/stat and statm: the lines that ps and top read. */
final class ProcessStat {
    /** USER_HZ is 100 everywhere. */
    static final long NANOS_PER_TICK = 10_000_000;

    private static final long PF_FORKNOEXEC = 0x40;
    private static final long PF_RANDOMIZE = 0x400000;

    private ProcessStat() {}

    /** The 52 fields of proc(5). */
    static String stat(Target target, Task reader) {
        ThreadGroup process = target.process();
        Task task = target.task();
        boolean allowed = Inspection.isAllowed(reader, target);
        TerminalOf terminal = TerminalOf.process(process);
        MemoryUse memory = MemoryUse.of(target.space());
        ProgramLayout layout = layout(target.space(), allowed);
        Fields line = new Fields();
        line.add(target.id()).add("(" + target.name() + ")").add(target.state().substring(0, 1));
        line.add(process.parentPid())
                .add(process.processGroup().id())
                .add(process.session().id())
                .add(terminal.device())
                .add(terminal.foreground());
        line.add(PF_RANDOMIZE | (process.hasExecuted() ? 0 : PF_FORKNOEXEC));
        addTimes(line, target, task);
        line.add(process.threads().size()).add(0);
        line.add(ticks(process.times().startedAt() - process.kernel().bootedAt()));
        line.add(memory.mappedBytes()).add(memory.residentPages());
        line.addUnsigned(process.limits().soft(ResourceLimits.RSS));
        line.add(layout.startCode).add(layout.endCode).add(layout.startStack);
        line.add(0).add(0);
        addSignals(line, process, task);
        line.add(0).add(0).add(0);
        line.add(process.exitSignal()).add(task == null ? 0 : task.run().processorIndex());
        line.add(scheduling(task).priority()).add(scheduling(task).policy());
        line.add(0).add(0).add(0);
        AddressSpace space = allowed ? target.space() : null;
        line.add(layout.endCode)
                .add(layout.endCode)
                .add(space == null ? 0 : space.programBreak().start());
        line.add(layout.argumentsStart).add(layout.argumentsEnd);
        line.add(layout.environmentStart).add(layout.environmentEnd);
        line.add(allowed ? process.exitStatus() : 0);
        return line.toString();
    }

    private static void addTimes(Fields line, Target target, @Nullable Task task) {
        ThreadGroup process = target.process();
        ProcessTimes times = process.times();
        long faults = ProcessTimes.faults(process);
        long user = ProcessTimes.user(process);
        long system = ProcessTimes.system(process);
        if (!target.isProcess() && task != null) {
            faults = task.run().faults();
            user = task.run().userNanos();
            system = task.run().systemNanos();
        }
        line.add(faults).add(times.childrenFaults()).add(0).add(0);
        line.add(ticks(user)).add(ticks(system));
        line.add(ticks(times.childrenUser())).add(ticks(times.childrenSystem()));
        SchedulingAttributes turn = scheduling(task);
        // Real-time priorities count down from -2.
        line.add(turn.isRealtime() ? -1 - turn.priority() : 20 + turn.nice()).add(turn.nice());
    }

    private static SchedulingAttributes scheduling(@Nullable Task task) {
        return task == null ? new SchedulingAttributes() : task.scheduling();
    }

    private static void addSignals(Fields line, ThreadGroup process, @Nullable Task task) {
        // As Linux does, only the signals below 32; the whole sets are in status.
        long low = 0x7fff_ffffL;
        long pending = task == null ? 0 : task.signals().pending().mask();
        long blocked = task == null ? 0 : task.signals().mask();
        line.add(pending & low).add(blocked & low);
        line.add(ignored(process) & low).add(caught(process) & low);
    }

    static long ignored(ThreadGroup process) {
        long set = 0;
        for (int signal = 1; signal <= Signal.MAX; signal++) {
            if (process.actions().handler(signal) == SignalActions.SIG_IGN) {
                set |= Signal.bit(signal);
            }
        }
        return set;
    }

    static long caught(ThreadGroup process) {
        long set = 0;
        for (int signal = 1; signal <= Signal.MAX; signal++) {
            long handler = process.actions().handler(signal);
            if (handler != SignalActions.SIG_IGN && handler != SignalActions.SIG_DFL) {
                set |= Signal.bit(signal);
            }
        }
        return set;
    }

    /** Sizes in pages: mapped, resident, of them shared, text, 0, data and stack, 0. */
    static String statm(Target target, Task reader) {
        MemoryUse memory = MemoryUse.of(target.space());
        return new Fields()
                .add(memory.mappedBytes() >> 12)
                .add(memory.residentPages())
                .add(memory.residentPages() - memory.anonymousPages())
                .add(memory.programBytes() >> 12)
                .add(0)
                .add(memory.dataBytes() + memory.stackBytes() >> 12)
                .add(0)
                .toString();
    }

    private static ProgramLayout layout(@Nullable AddressSpace space, boolean allowed) {
        return space == null || !allowed ? new ProgramLayout() : space.layout();
    }

    static long ticks(long nanos) {
        return nanos / NANOS_PER_TICK;
    }

    static long uptimeNanos(Kernel kernel) {
        return kernel.clock().monotonicNanos() - kernel.bootedAt();
    }
}
