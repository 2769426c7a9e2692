package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.PendingCall;
import dev.littlecloud.kernel.task.ProcessTraits;
import dev.littlecloud.kernel.task.Processor;
import dev.littlecloud.kernel.task.Task;
import java.util.ArrayList;
import java.util.List;

/**
 * membarrier(2): every thread that runs now passes through the kernel, which is a barrier of memory
 * and of instructions for it.
 */
final class MembarrierCalls {
    private static final int QUERY = 0;
    private static final int GLOBAL = 1;
    private static final int GLOBAL_EXPEDITED = 1 << 1;
    private static final int REGISTER_GLOBAL_EXPEDITED = 1 << 2;
    private static final int PRIVATE_EXPEDITED = 1 << 3;
    private static final int REGISTER_PRIVATE_EXPEDITED = 1 << 4;
    private static final int PRIVATE_SYNC_CORE = 1 << 5;
    private static final int REGISTER_PRIVATE_SYNC_CORE = 1 << 6;
    private static final int PRIVATE_RSEQ = 1 << 7;
    private static final int REGISTER_PRIVATE_RSEQ = 1 << 8;

    /** PRIVATE_RSEQ of one processor only. */
    private static final int ONE_PROCESSOR = 1;

    private static final int EVERY_PROCESSOR = -1;

    private static final int ALL =
            GLOBAL
                    | GLOBAL_EXPEDITED
                    | REGISTER_GLOBAL_EXPEDITED
                    | PRIVATE_EXPEDITED
                    | REGISTER_PRIVATE_EXPEDITED
                    | PRIVATE_SYNC_CORE
                    | REGISTER_PRIVATE_SYNC_CORE
                    | PRIVATE_RSEQ
                    | REGISTER_PRIVATE_RSEQ;

    private MembarrierCalls() {}

    static void register(SyscallTable table) {
        table.full(324, "membarrier", "int,hex,int", (Handler.Call3) MembarrierCalls::membarrier);
    }

    /** A processor that has to pass, and how often it had when the wait began. */
    private record Awaited(Processor processor, long passes) {}

    private record Barrier(List<Awaited> awaited) implements PendingCall {
        boolean isComplete() {
            for (Awaited each : awaited) {
                if (each.processor.passes() == each.passes) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void cancel(Task task) {}
    }

    private static long membarrier(Task task, long command, long flags, long processor) {
        boolean isOfOne = (int) command == PRIVATE_RSEQ && (int) flags == ONE_PROCESSOR;
        if ((int) flags != 0 && !isOfOne) {
            return -Errno.EINVAL;
        }
        ProcessTraits traits = task.group().traits();
        return switch ((int) command) {
            case QUERY -> ALL;
            case GLOBAL, GLOBAL_EXPEDITED -> await(task, Reach.ALL, EVERY_PROCESSOR);
            case REGISTER_GLOBAL_EXPEDITED -> 0;
            case REGISTER_PRIVATE_EXPEDITED, REGISTER_PRIVATE_SYNC_CORE, REGISTER_PRIVATE_RSEQ -> {
                traits.barriers(traits.barriers() | (int) command);
                yield 0;
            }
            // The register command of each is the next higher bit.
            case PRIVATE_EXPEDITED, PRIVATE_SYNC_CORE, PRIVATE_RSEQ ->
                    (traits.barriers() & (int) command << 1) != 0
                            ? await(
                                    task,
                                    (int) command == PRIVATE_RSEQ ? Reach.OWN_SEQUENCES : Reach.OWN,
                                    isOfOne
                                            ? Math.max((int) processor, EVERY_PROCESSOR)
                                            : EVERY_PROCESSOR)
                            : -Errno.EPERM;
            default -> -Errno.EINVAL;
        };
    }

    /** Whose threads pass. */
    private enum Reach {
        ALL,
        OWN,
        /** The caller's process, whose threads leave their restartable sequences. */
        OWN_SEQUENCES
    }

    private static long await(Task task, Reach reach, int processor) {
        Barrier barrier =
                task.pending() instanceof Barrier begun ? begun : begin(task, reach, processor);
        if (barrier.isComplete()) {
            return 0;
        }
        task.pending(barrier);
        return task.blockUninterrupted(task.kernel().scheduler().passed());
    }

    private static Barrier begin(Task task, Reach reach, int processor) {
        long root = task.space().pageTableRoot();
        List<Awaited> awaited = new ArrayList<>();
        for (Processor each : task.kernel().scheduler().processors()) {
            if (each.index() != task.run().processorIndex()
                    && (processor == EVERY_PROCESSOR || processor == each.index())
                    && (reach == Reach.ALL ? each.isRunning() : each.isRunning(root))) {
                awaited.add(new Awaited(each, each.passes()));
                if (reach == Reach.OWN_SEQUENCES) {
                    each.interruptIfRunning();
                } else {
                    each.kickIfRunning();
                }
            }
        }
        return new Barrier(awaited);
    }
}
