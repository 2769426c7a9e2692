package dev.littlecloud.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostSignalsTest {
    private static final int DEADLINE_SECONDS = 20;

    @ParameterizedTest
    @CsvSource({
        "HUP, 1",
        "INT, 2",
        "QUIT, 3",
        "USR1, 10",
        "USR2, 12",
        "ALRM, 14",
        "TERM, 15",
        "CONT, 18"
    })
    void forwardsSignalsByTheirNumber(String name, int number) throws Exception {
        // A shell's background job has SIGINT ignored, and Java leaves it so.
        assumeFalse(isIgnored(number), name + " is ignored here");
        BlockingQueue<Integer> received = new LinkedBlockingQueue<>();
        try (HostSignals signals = HostSignals.take(received::add, () -> received.add(-1))) {
            assertThat(signals).isNotNull();
            sendToThisProcess(name);

            assertThat(received.poll(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo(number);
        }
    }

    @Test
    void tellsOfANewWindowSize() throws Exception {
        BlockingQueue<String> changes = new LinkedBlockingQueue<>();
        try (HostSignals signals = HostSignals.take(number -> {}, () -> changes.add("changed"))) {
            assertThat(signals).isNotNull();
            sendToThisProcess("WINCH");

            assertThat(changes.poll(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo("changed");
        }
    }

    private static boolean isIgnored(int number) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("SigIgn:")) {
                long ignored = Long.parseUnsignedLong(line.substring(7).strip(), 16);
                return (ignored >>> number - 1 & 1) != 0;
            }
        }
        throw new IOException("proc_pid_status(5) names no SigIgn");
    }

    private static void sendToThisProcess(String name) throws IOException, InterruptedException {
        String self = Long.toString(ProcessHandle.current().pid());
        assertThat(new ProcessBuilder("sh", "-c", "kill -" + name + " " + self).start().waitFor())
                .isZero();
    }
}
