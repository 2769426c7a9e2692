package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.mm.ProgramLayout;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;
import java.nio.charset.StandardCharsets;

/** Texts about a process's program: what it was started with, and how it is named. */
final class ProcessTexts {
    /** Most bytes of arguments or environment that are shown; execve(2) bounds them anyhow. */
    private static final int MAX_ARGUMENTS = 2 << 20;

    /** Most bytes of a title that a program wrote over its arguments. */
    private static final int MAX_TITLE = 4096;

    private ProcessTexts() {}

    /** The arguments, or what setproctitle(3) made of them. */
    static String commandLine(Target target, Task reader) {
        AddressSpace space = target.space();
        if (space == null) {
            return "";
        }
        ProgramLayout layout = space.layout();
        String arguments = read(space, layout.argumentsStart, layout.argumentsEnd, MAX_ARGUMENTS);
        if (arguments.isEmpty() || arguments.endsWith("\0")) {
            return arguments;
        }
        // The last NUL was overwritten: a title that may go on into the environment.
        long end = Math.max(layout.argumentsEnd, layout.environmentEnd);
        String title = read(space, layout.argumentsStart, end, MAX_TITLE);
        int length = title.indexOf('\0');
        return length < 0 ? title : title.substring(0, length + 1);
    }

    static String environment(Target target, Task reader) {
        AddressSpace space = target.space();
        if (space == null) {
            return "";
        }
        ProgramLayout layout = space.layout();
        return read(space, layout.environmentStart, layout.environmentEnd, MAX_ARGUMENTS);
    }

    static String auxiliaryVector(Target target, Task reader) {
        AddressSpace space = target.space();
        return space == null
                ? ""
                : new String(space.layout().auxiliaryVector, StandardCharsets.ISO_8859_1);
    }

    private static String read(AddressSpace space, long start, long end, int limit) {
        UserMemory memory = space.memory();
        long length = Math.min(end - start, limit);
        if (length <= 0) {
            return "";
        }
        byte[] bytes = new byte[(int) memory.accessible(start, length, false)];
        try {
            memory.read(start, bytes, 0, bytes.length);
        } catch (GuestFault unmapped) {
            // Another of its threads unmapped the page since; Linux shows nothing either.
            return "";
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static String name(Target target, Task reader) {
        return target.name() + "\n";
    }

    /** A thread may rename the threads of its own process. */
    static long rename(Target target, Task writer, String name) {
        Task task = target.task();
        if (task == null) {
            return -Errno.ESRCH;
        }
        if (writer.group() != target.process()) {
            return -Errno.EINVAL;
        }
        int end = name.indexOf('\0');
        task.name(end < 0 ? name : name.substring(0, end));
        return 0;
    }

    static String cgroup(Target target, Task reader) {
        return "0::/\n";
    }

    /** Where the thread waits: 0 as on a Linux that hides it. */
    static String waitChannel(Target target, Task reader) {
        return "0";
    }

    /** The call the thread is in and its arguments; "running" otherwise. */
    static String systemCall(Target target, Task reader) {
        Task task = target.task();
        if (task == null) {
            return "";
        }
        long number = task.run().callNumber();
        return number < 0 ? "running\n" : ProcessRegisters.callLine(task, number);
    }

    static String schedulerTimes(Target target, Task reader) {
        Task task = target.task();
        if (task == null) {
            return "0 0 0\n";
        }
        long nanos = task.run().userNanos() + task.run().systemNanos();
        long slices = task.run().voluntarySwitches() + task.run().involuntarySwitches();
        return nanos + " 0 " + slices + "\n";
    }
}
