package dev.littlecloud.runtime.instance;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.syscall.Syscall;
import dev.littlecloud.kernel.syscall.SyscallObserver;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskCall;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code --trace}: prints each call of the guest like strace(1), and at the end what was called that
 * is not there. Without tracing it only counts the latter.
 */
final class Tracer implements SyscallObserver {
    private static final int SHOWN_STRING = 64;

    private final @Nullable PrintStream out;
    private final Map<Long, Long> missing = new TreeMap<>();

    Tracer(@Nullable PrintStream out) {
        this.out = out;
    }

    @Override
    public boolean isActive() {
        return out != null;
    }

    @Override
    public void called(Task task, Syscall call, long result) {
        if (out != null) {
            StringBuilder line = new StringBuilder(80);
            line.append('[').append(task.tid()).append("] ").append(call.name()).append('(');
            arguments(line, task, call);
            line.append(") = ").append(result(result));
            out.println(line);
        }
    }

    private static String result(long result) {
        if (result == Task.BLOCK) {
            return "? (sleeps)";
        }
        if (result < 0 && result > -4096) {
            return "-1 " + Errno.name((int) -result);
        }
        return result > 0xFFFF_FFFFL ? "0x" + Long.toHexString(result) : Long.toString(result);
    }

    private static void arguments(StringBuilder line, Task task, Syscall call) {
        if (call.arguments().isEmpty()) {
            return;
        }
        int index = 0;
        for (String kind : call.arguments().split(",", -1)) {
            if (index > 0) {
                line.append(", ");
            }
            long value = TaskCall.argument(task, index++);
            switch (kind) {
                case "fd", "int" -> line.append((int) value);
                case "path" -> string(line, task, value);
                case "oct" -> line.append('0').append(Long.toOctalString(value));
                case "ptr", "hex" -> line.append("0x").append(Long.toHexString(value));
                default -> line.append(value);
            }
        }
    }

    private static void string(StringBuilder line, Task task, long address) {
        try {
            String text = task.memory().readString(address, 4096);
            String shown = text == null ? "..." : text;
            line.append('"');
            for (int i = 0; i < Math.min(shown.length(), SHOWN_STRING); i++) {
                char c = shown.charAt(i);
                line.append(c >= ' ' && c < 127 ? c : '?');
            }
            line.append(shown.length() > SHOWN_STRING ? "\"..." : "\"");
        } catch (GuestFault unreadable) {
            line.append("0x").append(Long.toHexString(address));
        }
    }

    @Override
    public void missing(Task task, long number) {
        missing.merge(number, 1L, Long::sum);
        if (out != null) {
            out.println("[" + task.tid() + "] syscall " + number + " is not there: ENOSYS");
        }
    }

    /** Prints what was missing, once the instance has ended. */
    void summary() {
        if (out == null) {
            return;
        }
        if (missing.isEmpty()) {
            out.println("no system call was missing");
        }
        missing.forEach(
                (number, count) ->
                        out.println("missing: system call " + number + ", called " + count + "×"));
    }
}
