package dev.littlecloud.runtime.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AlarmClockTest {
    private final CountDownLatch failed = new CountDownLatch(1);
    private final CountDownLatch rang = new CountDownLatch(1);

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anAlarmThatFailsLeavesOthersAlone() throws InterruptedException {
        AlarmClock.Alarm bad =
                new AlarmClock.Alarm(
                        () -> {
                            failed.countDown();
                            throw new IllegalStateException("meant to fail");
                        });
        AlarmClock.Alarm good = new AlarmClock.Alarm(rang::countDown);
        AlarmClock.SHARED.set(bad, System.nanoTime());
        await(failed);

        AlarmClock.SHARED.set(good, System.nanoTime() + 1);

        await(rang);
    }
}
