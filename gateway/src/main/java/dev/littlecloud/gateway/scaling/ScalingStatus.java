package dev.littlecloud.gateway.scaling;

/**
 * A scaler at one moment.
 *
 * @param leases requests that instances have
 * @param queued requests that wait for an instance to start
 * @param failures instances in a row that did not start or ended unasked
 * @param lastFailure why the last one did, or empty
 * @param isCrashLooping whether requests are refused until the next try
 */
public record ScalingStatus(
        int running,
        int starting,
        int leases,
        int queued,
        int failures,
        String lastFailure,
        boolean isCrashLooping) {}
