package dev.littlecloud.kernel.syscall;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SyscallNamesTest {
    @Test
    void nameEveryRowAsTheTableDoes() {
        assertThat(SyscallTables.linux().rows())
                .allSatisfy(row -> assertThat(row.name()).isEqualTo(SyscallNames.of(row.number())));
    }

    @Test
    void haveARowEach() {
        SyscallTable table = SyscallTables.linux();
        assertThat(IntStream.rangeClosed(0, SyscallNames.LAST).filter(SyscallNames::isNamed))
                .allSatisfy(number -> assertThat(table.row(number)).isNotNull());
    }

    @Test
    void endWhereTheRunsEnd() {
        assertThat(SyscallNames.of(334)).isEqualTo("rseq");
        assertThat(SyscallNames.of(424)).isEqualTo("pidfd_send_signal");
        assertThat(SyscallNames.of(462)).isEqualTo("mseal");
        assertThat(SyscallNames.of(400)).isEqualTo("syscall_400");
        assertThat(SyscallNames.of(-1)).isEqualTo("syscall_-1");
    }
}
