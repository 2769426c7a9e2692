package dev.littlecloud.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExitStatusTest {
    @Test
    void codesAreThoseOfDocker() {
        assertThat(new ExitStatus.Exited(0).code()).isZero();
        assertThat(new ExitStatus.Exited(256 + 3).code()).isEqualTo(3);
        assertThat(new ExitStatus.Signaled(15).code()).isEqualTo(143);
        assertThat(new ExitStatus.OutOfMemory(1L << 20).code()).isEqualTo(137);
        assertThat(new ExitStatus.CannotExecute("/x", "it is a directory").code()).isEqualTo(126);
        assertThat(new ExitStatus.NotFound("/x").code()).isEqualTo(127);
        assertThat(new ExitStatus.Failed("defect").code()).isEqualTo(125);
        assertThat(new ExitStatus.TimedOut(Duration.ofSeconds(1)).code()).isEqualTo(124);
    }

    @Test
    void explainsWhatTheProgramDidNotChoose() {
        assertThat(new ExitStatus.OutOfMemory(512L << 20).explanation())
                .hasValueSatisfying(text -> assertThat(text).contains("512 MiB", "--memory"));
        assertThat(new ExitStatus.TimedOut(Duration.ofMillis(1500)).explanation())
                .hasValueSatisfying(text -> assertThat(text).contains("1.5 s"));
        assertThat(new ExitStatus.NotFound("/bin/x").explanation())
                .hasValueSatisfying(text -> assertThat(text).contains("'/bin/x'"));
        assertThat(new ExitStatus.Exited(1).explanation()).isEmpty();
        assertThat(new ExitStatus.Signaled(9).explanation()).isEmpty();
    }
}
