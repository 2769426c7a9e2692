package dev.littlecloud.kernel.syscall;

import org.jspecify.annotations.Nullable;

/**
 * One row of the table of system calls.
 *
 * @param number the x86-64 number
 * @param name as in the manual
 * @param support how much of it is there
 * @param note what is missing or refused and why; empty where there is nothing to say
 * @param arguments kinds of the arguments for traces, e.g. {@code "fd,path,flags,mode"}: {@code fd},
 *     {@code int}, {@code long}, {@code ptr}, {@code path}, {@code hex}, {@code oct}
 * @param handler null where the call is missing
 * @param intArguments those of whose registers only the lower half counts, a bit each
 */
public record Syscall(
        int number,
        String name,
        Support support,
        String note,
        String arguments,
        @Nullable Handler handler,
        int intArguments) {
    Syscall(
            int number,
            String name,
            Support support,
            String note,
            String arguments,
            @Nullable Handler handler) {
        this(number, name, support, note, arguments, handler, IntArguments.of(name));
    }
}
