package dev.littlecloud.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class ShortTurnsTest {
    private static final long DEADLINE_NANOS = 60_000_000_000L;

    @Test
    void theCollectorHasThemOnceItIsGivenThem() throws Exception {
        ShortTurns.giveToCollector();
        // Linux has the line since 6.12.
        assertThat(scheduling("VM Thread").lines().filter(line -> line.startsWith("se.slice")))
                .allMatch(line -> line.endsWith(" 100000"));
    }

    @Test
    void whoLeavesItToOthersHasTheLongest() throws Exception {
        Thread leaving =
                Thread.ofPlatform()
                        .name("leaving")
                        .start(
                                () -> {
                                    ShortTurns.leaveToOthers();
                                    LockSupport.park();
                                });
        try {
            long until = System.nanoTime() + DEADLINE_NANOS;
            while (leaving.getState() != Thread.State.WAITING) {
                assertThat(System.nanoTime()).isLessThan(until);
                Thread.onSpinWait();
            }
            assertThat(scheduling("leaving").lines().filter(line -> line.startsWith("se.slice")))
                    .allMatch(line -> line.endsWith(" 100000000"));
        } finally {
            LockSupport.unpark(leaving);
            leaving.join();
        }
    }

    private static String scheduling(String name) throws IOException {
        Path thread = OwnThreads.named(Pattern.compile(name + "\n")).getFirst();
        return Files.readString(thread.resolve("sched"));
    }
}
