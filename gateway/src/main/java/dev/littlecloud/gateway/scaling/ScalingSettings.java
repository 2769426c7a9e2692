package dev.littlecloud.gateway.scaling;

import java.time.Duration;

/**
 * How a service grows and shrinks.
 *
 * @param softConcurrency requests of an instance beyond which another one is started
 * @param hardConcurrency most requests of an instance at a time
 * @param minInstances instances that stay without requests
 * @param maxInstances most instances
 * @param idle how long an instance without requests stays
 */
public record ScalingSettings(
        int softConcurrency,
        int hardConcurrency,
        int minInstances,
        int maxInstances,
        Duration idle) {
    public static final ScalingSettings DEFAULT =
            new ScalingSettings(80, 250, 0, 100, Duration.ofSeconds(5));

    public ScalingSettings {
        if (softConcurrency < 1 || hardConcurrency < softConcurrency) {
            throw new IllegalArgumentException(
                    "concurrency: soft %d is to be at least 1 and at most hard %d"
                            .formatted(softConcurrency, hardConcurrency));
        }
        if (minInstances < 0 || maxInstances < 1 || maxInstances < minInstances) {
            throw new IllegalArgumentException(
                    "instances: min %d is to be at most max %d, and max at least 1"
                            .formatted(minInstances, maxInstances));
        }
        if (idle.isNegative()) {
            throw new IllegalArgumentException("idle is a time: " + idle);
        }
    }
}
