package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a thread's wait(2) hears of those it traces.
 *
 * @param status as wait4(2) gives it
 * @param code CLD_TRAPPED and so on
 * @param detail si_status of waitid(2)
 */
public record TraceReport(
        ThreadGroup group, int tid, int uid, int status, int code, int detail, Source source) {

    /** What is to be marked as told. */
    private sealed interface Source {}

    private record OfStop(Tracee tracee) implements Source {}

    private record OfDeath(Tracer tracer, TracedDeath death) implements Source {}

    /** A thread, or a process that has ended, that somebody may wait for. */
    public record Candidate(ThreadGroup group, int tid) {}

    /** Whether a thread traces any of those that are waited for. */
    public static boolean isAny(Task task, Predicate<Candidate> wanted) {
        Tracer tracer = task.tracer();
        return tracer != null
                && (tracer.tracees().stream().anyMatch(each -> wanted.test(candidate(each)))
                        || tracer.deaths().stream().anyMatch(each -> wanted.test(candidate(each))));
    }

    /**
     * The first that is there.
     *
     * @param ends whether ends are of interest; stops always are
     */
    public static @Nullable TraceReport find(Task task, Predicate<Candidate> wanted, boolean ends) {
        Tracer tracer = task.tracer();
        if (tracer == null) {
            return null;
        }
        for (TracedDeath death : tracer.deaths()) {
            if (ends && wanted.test(candidate(death))) {
                return new TraceReport(
                        death.group(),
                        death.tid(),
                        death.uid(),
                        death.status(),
                        death.code(),
                        death.detail(),
                        new OfDeath(tracer, death));
            }
        }
        for (Task each : tracer.tracees()) {
            Tracee tracee = each.tracee();
            TraceStop stop = tracee == null ? null : tracee.untold();
            if (tracee != null && stop != null && wanted.test(candidate(each))) {
                return new TraceReport(
                        each.group(),
                        each.tid(),
                        each.credentials().uid(),
                        stop.code() << 8 | 0x7F,
                        SigInfo.CLD_TRAPPED,
                        stop.code(),
                        new OfStop(tracee));
            }
        }
        return null;
    }

    private static Candidate candidate(Task task) {
        return new Candidate(task.group(), task.tid());
    }

    private static Candidate candidate(TracedDeath death) {
        return new Candidate(death.group(), death.tid());
    }

    /** It was told. */
    public void take() {
        switch (source) {
            case OfStop stop -> stop.tracee.told();
            case OfDeath end -> {
                end.tracer.deaths().remove(end.death);
                end.death.forget();
            }
        }
    }
}
