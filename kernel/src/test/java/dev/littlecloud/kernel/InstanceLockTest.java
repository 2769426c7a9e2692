package dev.littlecloud.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class InstanceLockTest {
    private final InstanceLock lock = new InstanceLock();
    private int made;

    @Test
    void anUrgentThreadSleepsWhereOthersKeepTheLock() throws InterruptedException {
        Thread urgent;
        lock.lock();
        try {
            urgent = startUrgent();
            while (!lock.hasQueuedThread(urgent)) {
                Thread.onSpinWait();
            }
            assertThat(made).isZero();
        } finally {
            lock.unlock();
        }
        urgent.join();
        assertThat(made).isOne();
        assertThat(lock.isLocked()).isFalse();
    }

    @Test
    void anUrgentThreadMayHaveItTwice() throws InterruptedException {
        Thread urgent =
                new Thread(
                        () -> {
                            lock.beginUrgency();
                            lock.lock();
                            try {
                                count(2);
                            } finally {
                                lock.unlock();
                            }
                        });
        urgent.start();
        urgent.join();
        assertThat(made).isEqualTo(2);
        assertThat(lock.isLocked()).isFalse();
    }

    @Test
    void oneHasItAtATime() throws InterruptedException {
        int rounds = 20_000;
        Thread urgent =
                new Thread(
                        () -> {
                            lock.beginUrgency();
                            count(rounds / 2);
                            lock.endUrgency();
                            count(rounds / 2);
                        });
        Thread other = new Thread(() -> count(rounds));
        urgent.start();
        other.start();
        urgent.join();
        other.join();
        assertThat(made).isEqualTo(2 * rounds);
    }

    private void count(int rounds) {
        for (int i = 0; i < rounds; i++) {
            lock.lock();
            try {
                made++;
            } finally {
                lock.unlock();
            }
        }
    }

    private Thread startUrgent() {
        Thread thread =
                new Thread(
                        () -> {
                            lock.beginUrgency();
                            count(1);
                        });
        thread.start();
        return thread;
    }
}
