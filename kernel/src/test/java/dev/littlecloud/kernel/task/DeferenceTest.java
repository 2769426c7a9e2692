package dev.littlecloud.kernel.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.Host;
import dev.littlecloud.kernel.InstanceEnd;
import dev.littlecloud.kernel.Kernel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeferenceTest {
    private static final long MILLI = 1_000_000;

    private final List<Boolean> said = new ArrayList<>();
    private boolean mayDefer = true;
    private final Deference deference = new Deference(new Hearing());

    @Test
    void whoWatchesDefersToOthersUntilTheEnd() {
        begin();
        deference.watched(2 * MILLI, 102 * MILLI);
        assertThat(said).containsExactly(true);
        deference.end();
        deference.end();
        assertThat(said).containsExactly(true, false);
    }

    @Test
    void whereItWaitsForLongAnywayItDoesNotBegin() {
        for (int millis = 1; millis < 1_000; millis += 90) {
            deference.watched(3 * MILLI, millis * MILLI);
        }
        assertThat(said).isEmpty();
    }

    @Test
    void whoWaitsForLongHasAsMuchAsOthersForAWhile() {
        begin();
        deference.watched(3 * MILLI, 400 * MILLI);
        assertThat(said).containsExactly(true, false);
        deference.watched(0, 499 * MILLI);
        assertThat(said).hasSize(2);
        deference.watched(0, 500 * MILLI);
        assertThat(said).containsExactly(true, false, true);
    }

    @Test
    void eachTimeThatItWaitsSoonAgainTheWhileIsTwiceAsLong() {
        begin();
        deference.watched(3 * MILLI, 110 * MILLI);
        deference.watched(0, 309 * MILLI);
        assertThat(said).endsWith(false);
        deference.watched(0, 310 * MILLI);
        assertThat(said).endsWith(true);
        // Long after that it is as if it was the first time.
        deference.watched(3 * MILLI, 3_310 * MILLI);
        deference.watched(0, 3_410 * MILLI);
        assertThat(said).endsWith(true);
    }

    @Test
    void whoMayNotYetDefersWhenItMay() {
        mayDefer = false;
        begin();
        mayDefer = true;
        deference.watched(0, 202 * MILLI);
        assertThat(said).containsExactly(true);
    }

    private void begin() {
        deference.watched(0, MILLI);
        deference.watched(0, 101 * MILLI);
    }

    private final class Hearing implements Host {
        @Override
        public boolean defer(boolean toOthers) {
            if (mayDefer) {
                said.add(toOthers);
            }
            return mayDefer || !toOthers;
        }

        @Override
        public void startCarrier(String name, Runnable loop) {
            throw new AssertionError(name);
        }

        @Override
        public void wakeAt(Kernel kernel, long monotonicNanos) {
            throw new AssertionError(kernel);
        }

        @Override
        public void ended(Kernel kernel, InstanceEnd end) {
            throw new AssertionError(end);
        }
    }
}
