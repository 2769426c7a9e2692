package dev.littlecloud.image.registry;

import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import java.time.Duration;

/** Waits between tries. */
@FunctionalInterface
public interface Backoff {
    Duration FIRST = Duration.ofMillis(500);

    /** Half a second, one, two, four. */
    Backoff REAL =
            attempt -> {
                if (attempt == 0) {
                    return;
                }
                try {
                    Thread.sleep(FIRST.multipliedBy(1L << Math.min(attempt - 1, 3)));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new ImageException(ErrorCode.NETWORK, "the download was interrupted", e);
                }
            };

    /**
     * @param attempt 0 before the first, when there is nothing to wait for
     */
    void beforeAttempt(int attempt);
}
