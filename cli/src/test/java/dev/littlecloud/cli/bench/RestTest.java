package dev.littlecloud.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RestTest {
    private static final long BUSY_NANOS = 30_000_000;
    private static final long IDLE_NANOS = 10_000_000;

    @Test
    void waitsForAPauseInWhichHardlyAnythingWasDone() throws Exception {
        AtomicLong used = new AtomicLong(1_000_000_000);
        AtomicInteger pauses = new AtomicInteger();

        boolean rests =
                Rest.await(
                        used::get,
                        () ->
                                used.addAndGet(
                                        pauses.incrementAndGet() < 4 ? BUSY_NANOS : IDLE_NANOS));

        assertThat(rests).isTrue();
        assertThat(pauses).hasValue(4);
    }

    @Test
    void givesUpOnAProcessThatIsNeverAtRest() throws Exception {
        AtomicLong used = new AtomicLong();
        AtomicInteger pauses = new AtomicInteger();

        boolean rests =
                Rest.await(
                        used::get,
                        () -> {
                            pauses.incrementAndGet();
                            used.addAndGet(BUSY_NANOS);
                        });

        assertThat(rests).isFalse();
        assertThat(pauses).hasValue(Rest.MOST_WINDOWS);
    }
}
