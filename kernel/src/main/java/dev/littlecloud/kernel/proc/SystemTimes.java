package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.task.ProcessTimes;
import dev.littlecloud.kernel.task.Processor;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;

/** Times and loads of the instance as a whole: stat, uptime, loadavg. */
final class SystemTimes {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Kernel kernel;

    private long idleTold;

    SystemTimes(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Seconds since the boot, and idle seconds of all processors. */
    String uptime(Task reader) {
        long up = ProcessStat.uptimeNanos(kernel);
        long idle = 0;
        for (Processor processor : kernel.scheduler().processors()) {
            idle += idle(processor, up);
        }
        // Clocks are not read at one instant, and what was idle once stays so.
        idleTold = Math.max(idleTold, idle);
        return seconds(up) + " " + seconds(idleTold) + "\n";
    }

    private static String seconds(long nanos) {
        return "%d.%02d".formatted(nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND / 10_000_000);
    }

    private static long idle(Processor processor, long up) {
        return Math.max(0, up - processor.busyNanos());
    }

    String statistics(Task reader) {
        long up = ProcessStat.uptimeNanos(kernel);
        StringBuilder each = new StringBuilder();
        long user = 0;
        long system = 0;
        long idle = 0;
        for (Processor processor : kernel.scheduler().processors()) {
            user += processor.userNanos();
            system += processor.systemNanos();
            idle += idle(processor, up);
            each.append("cpu").append(processor.index()).append(' ');
            times(each, processor.userNanos(), processor.systemNanos(), idle(processor, up));
        }
        StringBuilder text = new StringBuilder("cpu  ");
        times(text, user, system, idle);
        long boot = (kernel.clock().realtimeNanos() - up) / NANOS_PER_SECOND;
        text.append(each).append("intr 0\nctxt ").append(switches());
        text.append("\nbtime ").append(boot);
        text.append("\nprocesses ").append(kernel.tasks().lastId());
        text.append("\nprocs_running ").append(Math.max(1, kernel.scheduler().runnable()));
        text.append("\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n");
        return text.toString();
    }

    private static void times(StringBuilder text, long user, long system, long idle) {
        text.append(ProcessStat.ticks(user))
                .append(" 0 ")
                .append(ProcessStat.ticks(system))
                .append(' ')
                .append(ProcessStat.ticks(idle))
                .append(" 0 0 0 0 0 0\n");
    }

    private long switches() {
        long sum = 0;
        for (Task task : kernel.tasks().tasks()) {
            sum += task.run().voluntarySwitches() + task.run().involuntarySwitches();
        }
        return sum;
    }

    String loadAverage(Task reader) {
        double[] loads = kernel.scheduler().loadAverages().now();
        return "%.2f %.2f %.2f %d/%d %d\n"
                .formatted(
                        loads[0],
                        loads[1],
                        loads[2],
                        Math.max(1, kernel.scheduler().runnable()),
                        kernel.tasks().taskCount(),
                        kernel.tasks().lastId());
    }

    /** Processor time that all processes used, for cgroup statistics, in nanoseconds. */
    long[] used() {
        long user = 0;
        long system = 0;
        for (ThreadGroup process : kernel.tasks().processes()) {
            user += ProcessTimes.user(process) + process.times().childrenUser();
            system += ProcessTimes.system(process) + process.times().childrenSystem();
        }
        return new long[] {user, system};
    }
}
