package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.ProcessTimes;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskRun;
import dev.littlecloud.kernel.task.ThreadGroup;

/** getrusage(2). */
final class UsageCalls {
    private static final int SELF = 0;
    private static final int CHILDREN = -1;
    private static final int THREAD = 1;

    static final int BYTES = 144;
    private static final int MAX_RESIDENT = 32;
    private static final int MINOR_FAULTS = 64;
    private static final int VOLUNTARY_SWITCHES = 128;
    private static final int INVOLUNTARY_SWITCHES = 136;

    private UsageCalls() {}

    static void register(SyscallTable table) {
        table.partial(
                98,
                "getrusage",
                "int,ptr",
                (Handler.Call2) UsageCalls::getrusage,
                "times, faults, switches and the largest resident size; blocks and signals are 0");
    }

    private static long getrusage(Task task, long who, long address) {
        UserMemory memory = task.memory();
        ThreadGroup group = task.group();
        switch ((int) who) {
            case SELF -> {
                long voluntary = 0;
                long involuntary = 0;
                for (Task thread : group.threads()) {
                    voluntary += thread.run().voluntarySwitches();
                    involuntary += thread.run().involuntarySwitches();
                }
                write(
                        memory,
                        address,
                        ProcessTimes.user(group),
                        ProcessTimes.system(group),
                        ProcessTimes.faults(group));
                memory.writeLong(address + MAX_RESIDENT, group.times().maxResident(task) >> 10);
                memory.writeLong(address + VOLUNTARY_SWITCHES, voluntary);
                memory.writeLong(address + INVOLUNTARY_SWITCHES, involuntary);
            }
            case CHILDREN -> {
                ProcessTimes times = group.times();
                write(
                        memory,
                        address,
                        times.childrenUser(),
                        times.childrenSystem(),
                        times.childrenFaults());
                memory.writeLong(address + MAX_RESIDENT, times.childrenMaxResident() >> 10);
            }
            case THREAD -> {
                TaskRun run = task.run();
                write(memory, address, run.userNanos(), run.systemNanos(), run.faults());
                memory.writeLong(address + MAX_RESIDENT, group.times().maxResident(task) >> 10);
                memory.writeLong(address + VOLUNTARY_SWITCHES, run.voluntarySwitches());
                memory.writeLong(address + INVOLUNTARY_SWITCHES, run.involuntarySwitches());
            }
            default -> {
                return -Errno.EINVAL;
            }
        }
        return 0;
    }

    /** Writes what a child and its own waited-for children used; wait4(2). */
    static void writeChild(UserMemory memory, long address, ThreadGroup child) {
        ProcessTimes times = child.times();
        write(
                memory,
                address,
                ProcessTimes.user(child) + times.childrenUser(),
                ProcessTimes.system(child) + times.childrenSystem(),
                ProcessTimes.faults(child) + times.childrenFaults());
        long most = Math.max(times.maxResident(), times.childrenMaxResident());
        memory.writeLong(address + MAX_RESIDENT, most >> 10);
    }

    private static void write(
            UserMemory memory, long address, long user, long system, long faults) {
        memory.writeZeros(address, BYTES);
        TimeValues.writeTimeval(memory, address, user);
        TimeValues.writeTimeval(memory, address + 16, system);
        memory.writeLong(address + MINOR_FAULTS, faults);
    }
}
