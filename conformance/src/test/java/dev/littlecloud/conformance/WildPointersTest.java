package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.syscall.Syscall;
import dev.littlecloud.kernel.syscall.SyscallTable;
import dev.littlecloud.kernel.syscall.SyscallTables;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** No call with a pointer is left out of the program that tries them all. */
class WildPointersTest {
    private static final Pattern ROW = Pattern.compile("(?:CALL\\(|\\{\")(\\w+)");
    private static final Pattern POINTER = Pattern.compile("\\b(ptr|path)\\b");

    /** A call whose pointers only a new thread uses; futex_threads has it. */
    private static final Set<String> EXCEPTIONS = Set.of("clone");

    @Test
    void everyCallWithAPointerIsTried() throws IOException {
        Set<String> tried = new TreeSet<>();
        Matcher row = ROW.matcher(Files.readString(Suite.PROGRAMS.resolve("hostile/wild.c")));
        while (row.find()) {
            tried.add(row.group(1));
        }
        Set<String> forgotten = new TreeSet<>();
        SyscallTable table = SyscallTables.linux();
        for (int number = 0; number < SyscallTable.SIZE; number++) {
            Syscall call = table.row(number);
            if (call != null && POINTER.matcher(call.arguments()).find()) {
                forgotten.add(call.name());
            }
        }
        forgotten.removeAll(tried);
        forgotten.removeAll(EXCEPTIONS);
        assertThat(forgotten).isEmpty();
        assertThat(tried).hasSizeGreaterThan(180);
    }
}
