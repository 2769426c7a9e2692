package dev.littlecloud.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** Builds the method handles of this package and keeps errno. */
final class NativeCalls {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBC = LINKER.defaultLookup();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"))
                    .withInvokeExactBehavior();

    /** The collector frees a segment with its thread; nothing is kept by hand. */
    private static final ThreadLocal<MemorySegment> CALL_STATE =
            ThreadLocal.withInitial(NativeCalls::newCallState);

    private NativeCalls() {}

    /** A handle whose first argument is the segment errno is captured into. */
    static MethodHandle function(String name, FunctionDescriptor descriptor) {
        // SAFETY: name and descriptor are constants of this package, written after the C prototype.
        return LINKER.downcallHandle(
                LIBC.findOrThrow(name), descriptor, Linker.Option.captureCallState("errno"));
    }

    /** As {@link #function}, for a C function with variadic arguments from this position on. */
    static MethodHandle variadic(String name, int firstVariadic, FunctionDescriptor descriptor) {
        // SAFETY: name and descriptor are constants of this package, written after the C prototype.
        return LINKER.downcallHandle(
                LIBC.findOrThrow(name),
                descriptor,
                Linker.Option.firstVariadicArg(firstVariadic),
                Linker.Option.captureCallState("errno"));
    }

    /** As {@link #variadic}, but that a call which fails does not say why. */
    static MethodHandle variadicWithoutErrno(
            String name, int firstVariadic, FunctionDescriptor descriptor) {
        // SAFETY: name and descriptor are constants of this package, written after the C prototype.
        return LINKER.downcallHandle(
                LIBC.findOrThrow(name), descriptor, Linker.Option.firstVariadicArg(firstVariadic));
    }

    /** A handle to machine code or to a function that does not touch errno. */
    static MethodHandle code(MemorySegment address, FunctionDescriptor descriptor) {
        // SAFETY: callers pass the address of code that has this signature.
        return LINKER.downcallHandle(address, descriptor);
    }

    static MemorySegment addressOf(String name) {
        return LIBC.findOrThrow(name);
    }

    static MemorySegment newCallState() {
        return Arena.ofAuto().allocate(STATE);
    }

    static MemorySegment callState() {
        return CALL_STATE.get();
    }

    /** A C result as this package answers it: the value, or -errno for -1. */
    static int result(int value, MemorySegment state) {
        return value == -1 ? -errno(state) : value;
    }

    static long result(long value, MemorySegment state) {
        return value == -1 ? -errno(state) : value;
    }

    static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    /** A host pointer as the bounded segment it is known to be. */
    static MemorySegment segment(long address, long bytes) {
        // SAFETY: callers pass a mapping they have just made, with its length.
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    /** For handles that cannot throw but are declared to. */
    static AssertionError unexpected(Throwable thrown) {
        return new AssertionError("a native call threw", thrown);
    }

    /** The bytes of a path or name with the closing NUL. */
    static MemorySegment cString(Arena arena, byte[] bytes) {
        MemorySegment string = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, string, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return string;
    }
}
