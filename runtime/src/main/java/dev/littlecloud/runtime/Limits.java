package dev.littlecloud.runtime;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an instance may use before it is refused more or ended.
 *
 * @param memoryBytes all memory the guest causes to be used, kernel objects on its behalf included
 * @param cpus processor time
 * @param taskCount processes and threads alive at once
 * @param timeout life from start to a forced end; null for no end
 */
public record Limits(long memoryBytes, CpuLimit cpus, int taskCount, @Nullable Duration timeout) {
    /** Below this no dynamically linked program starts. */
    public static final long SMALLEST_MEMORY_BYTES = 4L << 20;

    /** Linux' own bound on process ids (PID_MAX_LIMIT). */
    public static final int LARGEST_TASK_COUNT = 4 << 20;

    public static final Limits DEFAULT = new Limits(512L << 20, new CpuLimit(1000), 1024, null);

    public Limits {
        if (memoryBytes < SMALLEST_MEMORY_BYTES) {
            throw new IllegalArgumentException(
                    "memory must be at least " + ByteSize.format(SMALLEST_MEMORY_BYTES));
        }
        if (taskCount < 1 || taskCount > LARGEST_TASK_COUNT) {
            throw new IllegalArgumentException("pids must be from 1 to " + LARGEST_TASK_COUNT);
        }
        if (timeout != null && !timeout.isPositive()) {
            throw new IllegalArgumentException("timeout must be more than zero");
        }
    }

    public Limits withMemoryBytes(long newMemoryBytes) {
        return new Limits(newMemoryBytes, cpus, taskCount, timeout);
    }

    public Limits withCpus(CpuLimit newCpus) {
        return new Limits(memoryBytes, newCpus, taskCount, timeout);
    }

    public Limits withTaskCount(int newTaskCount) {
        return new Limits(memoryBytes, cpus, newTaskCount, timeout);
    }

    public Limits withTimeout(Duration newTimeout) {
        return new Limits(memoryBytes, cpus, taskCount, newTimeout);
    }
}
