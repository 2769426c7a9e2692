package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/**
 * Where a traced thread has stopped; ptrace(2), "Stopped states".
 *
 * @param code what wait(2) tells: a signal, with an event above it
 * @param info what PTRACE_GETSIGINFO tells; null in a group stop
 * @param message what PTRACE_GETEVENTMSG tells; {@link #NO_MESSAGE} to leave what it told before
 */
record TraceStop(Kind kind, int code, @Nullable SigInfo info, long message) {
    /** How a stop goes on. */
    enum Kind {
        /** A signal is about to be delivered. */
        SIGNAL,
        /** A system call is about to be made, or was made. */
        CALL,
        /** Something else happened that the tracer wanted to know. */
        EVENT,
        /** The process is stopped, as it would be without a tracer. */
        GROUP
    }

    static final int EVENT_FORK = 1;
    static final int EVENT_VFORK = 2;
    static final int EVENT_CLONE = 3;
    static final int EVENT_EXEC = 4;
    static final int EVENT_VFORK_DONE = 5;
    static final int EVENT_EXIT = 6;
    static final int EVENT_STOP = 128;

    /** With PTRACE_O_TRACESYSGOOD a call's stop cannot be taken for a SIGTRAP. */
    static final int CALL_BIT = 0x80;

    static final long MESSAGE_ENTRY = 1;
    static final long MESSAGE_EXIT = 2;
    static final long NO_MESSAGE = Long.MIN_VALUE;

    static TraceStop signal(SigInfo info) {
        return new TraceStop(Kind.SIGNAL, info.signal(), info, NO_MESSAGE);
    }

    static TraceStop call(Task task, boolean marked, long message) {
        return told(task, Kind.CALL, Signal.SIGTRAP | (marked ? CALL_BIT : 0), message);
    }

    static TraceStop event(Task task, int event, long message) {
        return told(task, Kind.EVENT, Signal.SIGTRAP | event << 8, message);
    }

    /** The first instruction of a handler is next. */
    static TraceStop handler(Task task) {
        return told(task, Kind.EVENT, Signal.SIGTRAP, NO_MESSAGE);
    }

    /** A seized thread was interrupted, or its process is stopped by {@code signal}. */
    static TraceStop seized(Task task, int signal) {
        return told(task, Kind.GROUP, signal | EVENT_STOP << 8, NO_MESSAGE);
    }

    static TraceStop group(int signal) {
        return new TraceStop(Kind.GROUP, signal, null, NO_MESSAGE);
    }

    private static TraceStop told(Task task, Kind kind, int code, long message) {
        SigInfo info =
                SigInfo.fromProcess(Signal.SIGTRAP, code, task.tid(), task.credentials().uid());
        return new TraceStop(kind, code, info, message);
    }

    TraceStop with(SigInfo other) {
        return new TraceStop(kind, code, other, message);
    }

    int event() {
        return code >> 8;
    }

    /** The signal as wait(2) has it. */
    int signal() {
        return code & 0xFF;
    }
}
