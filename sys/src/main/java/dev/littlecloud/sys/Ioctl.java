package dev.littlecloud.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** ioctl(2). */
public final class Ioctl {
    private static final MethodHandle IOCTL_LONG =
            NativeCalls.variadic(
                    "ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle IOCTL_ATTEMPT =
            NativeCalls.variadicWithoutErrno(
                    "ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle IOCTL_POINTER =
            NativeCalls.variadic(
                    "ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));

    private Ioctl() {}

    /** With a number as argument. The value or -errno. */
    public static int call(int fd, long request, long argument) {
        return call(NativeCalls.callState(), fd, request, argument);
    }

    /** With a pointer as argument. The value or -errno. */
    public static int call(int fd, long request, MemorySegment argument) {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: the caller's segment is as large as the request says and stays reachable
            // for the call; the errno segment is this thread's own.
            int value = (int) IOCTL_POINTER.invokeExact(state, fd, request, argument);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    /** For hot paths: with a call state of the caller's own, see {@link #newCallState()}. */
    public static int call(MemorySegment state, int fd, long request, long argument) {
        try {
            // SAFETY: a number is passed, nothing is dereferenced but the errno segment.
            int value = (int) IOCTL_LONG.invokeExact(state, fd, request, argument);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    /**
     * For the hottest path: the value, or -1 without a reason. To capture errno allocates an object
     * for each call, unless the compiler finds out that nobody needs it.
     */
    public static int attempt(int fd, long request, long argument) {
        try {
            // SAFETY: a number is passed, nothing is dereferenced.
            return (int) IOCTL_ATTEMPT.invokeExact(fd, request, argument);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    /** A call state to be used by one thread at a time. */
    public static MemorySegment newCallState() {
        return NativeCalls.newCallState();
    }

    /** The request number of {@code _IOC(direction, type, number, size)}, asm-generic/ioctl.h. */
    public static long request(int direction, int type, int number, int size) {
        return ((long) direction << 30) | ((long) size << 16) | ((long) type << 8) | number;
    }

    /** {@code _IO}. */
    public static long none(int type, int number) {
        return request(0, type, number, 0);
    }

    /** {@code _IOW}. */
    public static long write(int type, int number, int size) {
        return request(1, type, number, size);
    }

    /** {@code _IOR}. */
    public static long read(int type, int number, int size) {
        return request(2, type, number, size);
    }

    /** {@code _IOWR}. */
    public static long readWrite(int type, int number, int size) {
        return request(3, type, number, size);
    }
}
