package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.task.Task;

/**
 * Answers one system call: a value, {@code -errno}, or {@link Task#BLOCK} after the task was put on
 * a wait queue; a blocked call runs again from its start when woken.
 */
public sealed interface Handler {
    long invoke(Task task, long a, long b, long c, long d, long e, long f);

    @FunctionalInterface
    non-sealed interface Call0 extends Handler {
        long call(Task task);

        @Override
        default long invoke(Task task, long a, long b, long c, long d, long e, long f) {
            return call(task);
        }
    }

    @FunctionalInterface
    non-sealed interface Call1 extends Handler {
        long call(Task task, long a);

        @Override
        default long invoke(Task task, long a, long b, long c, long d, long e, long f) {
            return call(task, a);
        }
    }

    @FunctionalInterface
    non-sealed interface Call2 extends Handler {
        long call(Task task, long a, long b);

        @Override
        default long invoke(Task task, long a, long b, long c, long d, long e, long f) {
            return call(task, a, b);
        }
    }

    @FunctionalInterface
    non-sealed interface Call3 extends Handler {
        long call(Task task, long a, long b, long c);

        @Override
        default long invoke(Task task, long a, long b, long c, long d, long e, long f) {
            return call(task, a, b, c);
        }
    }

    @FunctionalInterface
    non-sealed interface Call4 extends Handler {
        long call(Task task, long a, long b, long c, long d);

        @Override
        default long invoke(Task task, long a, long b, long c, long d, long e, long f) {
            return call(task, a, b, c, d);
        }
    }

    @FunctionalInterface
    non-sealed interface Call5 extends Handler {
        long call(Task task, long a, long b, long c, long d, long e);

        @Override
        default long invoke(Task task, long a, long b, long c, long d, long e, long f) {
            return call(task, a, b, c, d, e);
        }
    }

    @FunctionalInterface
    non-sealed interface Call6 extends Handler {
        long call(Task task, long a, long b, long c, long d, long e, long f);

        @Override
        default long invoke(Task task, long a, long b, long c, long d, long e, long f) {
            return call(task, a, b, c, d, e, f);
        }
    }
}
