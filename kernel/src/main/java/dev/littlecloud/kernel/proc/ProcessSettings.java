package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.ProcessTraits;
import dev.littlecloud.kernel.task.Task;

/** Files in a process's directory that hold a setting. */
final class ProcessSettings {
    private static final int LOWEST_SCORE = -1000;
    private static final int HIGHEST_SCORE = 1000;
    private static final long NO_LOGIN = 0xffff_ffffL;

    private ProcessSettings() {}

    private static ProcessTraits traits(Target target) {
        return target.process().traits();
    }

    static String memoryScoreAdjustment(Target target, Task reader) {
        return traits(target).memoryScoreAdjustment() + "\n";
    }

    /** Everybody may offer to be ended first and take that back; less needs CAP_SYS_RESOURCE. */
    static long memoryScoreAdjustment(Target target, Task writer, String text) {
        long value = Numbers.parseAny(text, Long.MAX_VALUE);
        if (value < LOWEST_SCORE || value > HIGHEST_SCORE) {
            return -Errno.EINVAL;
        }
        ProcessTraits traits = traits(target);
        boolean maySetAny = writer.credentials().has(Credentials.CAP_SYS_RESOURCE);
        if (value < traits.lowestMemoryScoreAdjustment() && !maySetAny) {
            return -Errno.EACCES;
        }
        traits.memoryScoreAdjustment((int) value);
        if (maySetAny) {
            traits.lowestMemoryScoreAdjustment((int) value);
        }
        return 0;
    }

    /** How likely the process would be ended for its memory: its share, in thousandths, adjusted. */
    static String memoryScore(Target target, Task reader) {
        long pages = MemoryUse.of(target.space()).residentPages();
        int limit = target.process().kernel().frames().capacity();
        int adjustment = traits(target).memoryScoreAdjustment();
        if (adjustment == LOWEST_SCORE) {
            return "0\n";
        }
        // The formula of Linux since 5.9, which starts at 666 for a process without memory.
        long points = 1000 + pages * 1000 / limit + adjustment;
        return Math.max(0, points * 2 / 3) + "\n";
    }

    static String dumpFilter(Target target, Task reader) {
        return "%08x\n".formatted(traits(target).dumpFilter());
    }

    static long dumpFilter(Target target, Task writer, String text) {
        long value = Numbers.parseAny(text, -1);
        if (value < 0 || value > 0x1ff) {
            return -Errno.EINVAL;
        }
        traits(target).dumpFilter((int) value);
        return 0;
    }

    static String timerSlack(Target target, Task reader) {
        return traits(target).timerSlackNanos() + "\n";
    }

    static long timerSlack(Target target, Task writer, String text) {
        long value = Numbers.parseAny(text, -1);
        if (value < 0) {
            return -Errno.EINVAL;
        }
        traits(target).timerSlackNanos(value == 0 ? ProcessTraits.DEFAULT_TIMER_SLACK : value);
        return 0;
    }

    static String personality(Target target, Task reader) {
        return "%08x\n".formatted(traits(target).personality());
    }

    static String loginUser(Target target, Task reader) {
        return Long.toString(traits(target).loginUser() & NO_LOGIN);
    }

    /** A login is recorded once; pam_loginuid(8). */
    static long loginUser(Target target, Task writer, String text) {
        long value = Numbers.parseAny(text, -1);
        if (value < 0 || value > NO_LOGIN) {
            return -Errno.EINVAL;
        }
        if (writer.group() != target.process()
                || (traits(target).loginUser() & NO_LOGIN) != NO_LOGIN) {
            return -Errno.EPERM;
        }
        traits(target).loginUser((int) value);
        return 0;
    }

    /** One user namespace, in which every id is itself. */
    static String idMap(Target target, Task reader) {
        return "%10d %10d %10d\n".formatted(0, 0, NO_LOGIN);
    }

    static long idMap(Target target, Task writer, String text) {
        return -Errno.EPERM;
    }

    static long setGroups(Target target, Task writer, String text) {
        return text.equals("allow") ? 0 : -Errno.EPERM;
    }
}
