package dev.littlecloud.kernel.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.time.vdso.VdsoData;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class VdsoClockTest {
    private static final long ONE_MILLISECOND = 1_000_000;
    private static final CycleCounter THREE_GIGAHERTZ = () -> System.nanoTime() * 3 + 12345;

    @Test
    void showsTheHostsTime() {
        VdsoClock clock = new VdsoClock(new CycleRate(THREE_GIGAHERTZ));
        assertThat(clock.monotonicNanos() - System.nanoTime()).isBetween(-ONE_MILLISECOND, 0L);
        Instant now = Instant.now();
        long realtime = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        assertThat(clock.realtimeNanos() - realtime).isBetween(-ONE_MILLISECOND, ONE_MILLISECOND);
    }

    @Test
    void neverGoesBackWhileItIsCorrected() {
        VdsoClock clock = new VdsoClock(new CycleRate(THREE_GIGAHERTZ));
        long last = 0;
        for (int i = 0; i < 200_000; i++) {
            if (i % 1000 == 0) {
                clock.synchronize();
            }
            long now = clock.monotonicNanos();
            assertThat(now).isGreaterThanOrEqualTo(last);
            last = now;
        }
        assertThat(last - System.nanoTime()).isBetween(-ONE_MILLISECOND, ONE_MILLISECOND);
    }

    @Test
    void jumpsForwardAfterTheCounterStoodStill() {
        AtomicLong lost = new AtomicLong();
        VdsoClock clock = new VdsoClock(new CycleRate(() -> System.nanoTime() * 3 - lost.get()));
        lost.set(30_000_000_000L);
        clock.synchronize();
        assertThat(clock.monotonicNanos() - System.nanoTime())
                .isBetween(-ONE_MILLISECOND, ONE_MILLISECOND);
    }

    @Test
    void givesTheGuestTheSameLine() {
        VdsoClock clock = new VdsoClock(new CycleRate(THREE_GIGAHERTZ));
        MemorySegment page = Arena.ofAuto().allocate(VdsoData.SIZE, 8);
        long tscOffset = -777;
        long bootedAt = 5_000_000_000L;
        clock.attach(page, tscOffset, 2, bootedAt);
        assertThat(page.get(ValueLayout.JAVA_LONG, 64 + 8L * 7)).isEqualTo(-bootedAt);
        clock.synchronize();
        long before = clock.monotonicNanos();
        long cycles = THREE_GIGAHERTZ.read() + tscOffset;
        long after = clock.monotonicNanos();
        // As the guest's code computes it: offsets as VdsoData documents them.
        long passed = cycles - page.get(ValueLayout.JAVA_LONG, 16);
        long slope = page.get(ValueLayout.JAVA_LONG, 24);
        long shown =
                page.get(ValueLayout.JAVA_LONG, 32)
                        + (Math.multiplyHigh(passed, slope) << 32 | (passed * slope) >>> 32);
        assertThat(shown).isBetween(before, after);
        assertThat(page.get(ValueLayout.JAVA_INT, 0) & 1).isZero();
        assertThat(page.get(ValueLayout.JAVA_INT, 4)).isEqualTo(2);
    }

    @Test
    void runsOnWhenTheGuestsMemoryIsGone() {
        VdsoClock clock = new VdsoClock(new CycleRate(THREE_GIGAHERTZ));
        try (Arena machine = Arena.ofConfined()) {
            clock.attach(machine.allocate(VdsoData.SIZE, 8), 0, 1, 0);
            clock.detach();
        }
        clock.synchronize();
        assertThat(clock.monotonicNanos() - System.nanoTime())
                .isBetween(-ONE_MILLISECOND, ONE_MILLISECOND);
    }
}
