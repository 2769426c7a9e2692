package dev.littlecloud.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Mappings of the process: mmap(2) and its family. Addresses are passed as numbers: a mapping lives
 * until it is unmapped, whoever still holds a segment of it, so its owner must outlive its users.
 */
public final class Mappings {
    public static final int PROT_NONE = 0;
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int PROT_EXEC = 4;

    public static final int MAP_SHARED = 0x01;
    public static final int MAP_PRIVATE = 0x02;
    public static final int MAP_FIXED = 0x10;
    public static final int MAP_ANONYMOUS = 0x20;
    public static final int MAP_NORESERVE = 0x4000;
    public static final int MAP_POPULATE = 0x8000;
    public static final int MAP_FIXED_NOREPLACE = 0x100000;

    public static final int MADV_DONTNEED = 4;
    public static final int MADV_DONTFORK = 10;
    public static final int MADV_NOHUGEPAGE = 15;
    public static final int MADV_DONTDUMP = 16;
    public static final int MADV_POPULATE_READ = 22;
    public static final int MADV_POPULATE_WRITE = 23;

    private static final MethodHandle MMAP =
            NativeCalls.function(
                    "mmap",
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
                            JAVA_LONG));
    private static final MethodHandle MUNMAP =
            NativeCalls.function("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle MPROTECT =
            NativeCalls.function(
                    "mprotect", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MADVISE =
            NativeCalls.function(
                    "madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private Mappings() {}

    /** The address of the new mapping or -errno. Address 0 lets the host choose. */
    public static long map(
            long address, long length, int protection, int flags, int fd, long offset) {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: without MAP_FIXED this makes a new mapping and touches no other; with it,
            // the caller replaces a range it owns; MAP_FIXED_NOREPLACE never replaces any.
            long value =
                    (long) MMAP.invokeExact(state, address, length, protection, flags, fd, offset);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    /** The bounded view of a mapping made by {@link #map}. */
    public static MemorySegment segment(long address, long length) {
        return NativeCalls.segment(address, length);
    }

    /** 0 or -errno. */
    public static int unmap(long address, long length) {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: the caller owns the mapping and has ended all use of it.
            int value = (int) MUNMAP.invokeExact(state, address, length);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    /** 0 or -errno. */
    public static int protect(long address, long length, int protection) {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: the caller owns the mapping.
            int value = (int) MPROTECT.invokeExact(state, address, length, protection);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }

    /** 0 or -errno. */
    public static int advise(long address, long length, int advice) {
        MemorySegment state = NativeCalls.callState();
        try {
            // SAFETY: the caller owns the mapping and knows what the advice does to its content.
            int value = (int) MADVISE.invokeExact(state, address, length, advice);
            return NativeCalls.result(value, state);
        } catch (Throwable thrown) {
            throw NativeCalls.unexpected(thrown);
        }
    }
}
