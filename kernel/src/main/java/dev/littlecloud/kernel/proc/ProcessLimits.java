package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.task.ResourceLimits;
import dev.littlecloud.kernel.task.Task;

/** /proc/PID/limits. */
final class ProcessLimits {
    /** Names and units in the order of the resource numbers. */
    private static final String[][] RESOURCES = {
        {"Max cpu time", "seconds"},
        {"Max file size", "bytes"},
        {"Max data size", "bytes"},
        {"Max stack size", "bytes"},
        {"Max core file size", "bytes"},
        {"Max resident set", "bytes"},
        {"Max processes", "processes"},
        {"Max open files", "files"},
        {"Max locked memory", "bytes"},
        {"Max address space", "bytes"},
        {"Max file locks", "locks"},
        {"Max pending signals", "signals"},
        {"Max msgqueue size", "bytes"},
        {"Max nice priority", ""},
        {"Max realtime priority", ""},
        {"Max realtime timeout", "us"},
    };

    private ProcessLimits() {}

    static String limits(Target target, Task reader) {
        ResourceLimits limits = target.process().limits();
        StringBuilder text = new StringBuilder(1400);
        row(text, "Limit", "Soft Limit", "Hard Limit", "Units");
        for (int i = 0; i < RESOURCES.length; i++) {
            row(
                    text,
                    RESOURCES[i][0],
                    value(limits.soft(i)),
                    value(limits.hard(i)),
                    RESOURCES[i][1]);
        }
        return text.toString();
    }

    private static String value(long limit) {
        return limit == ResourceLimits.INFINITY ? "unlimited" : Long.toUnsignedString(limit);
    }

    private static void row(
            StringBuilder text, String name, String soft, String hard, String unit) {
        text.append("%-25s %-20s %-20s %-10s\n".formatted(name, soft, hard, unit));
    }
}
