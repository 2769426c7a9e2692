package dev.littlecloud.gateway.http;

import java.time.Duration;

/**
 * What a client may use up.
 *
 * @param headBytes longest request line with its headers, and longest trailers
 * @param headerCount most headers of a request
 * @param targetBytes longest request target
 * @param headTimeout from a request's first byte to its head's last
 * @param idleTimeout longest time that a connection is kept without a request, and an upgraded one or
 *     a stream without a byte
 * @param stallTimeout longest time in which a client that is waited for neither sends nor takes a byte
 * @param bodyBytesPerSecond slowest body; counted after {@code stallTimeout}
 * @param connectTimeout longest time until a program in an instance takes a connection
 * @param streamsPerConnection most requests at a time on an HTTP/2 connection
 */
public record HttpLimits(
        int headBytes,
        int headerCount,
        int targetBytes,
        Duration headTimeout,
        Duration idleTimeout,
        Duration stallTimeout,
        int bodyBytesPerSecond,
        Duration connectTimeout,
        int streamsPerConnection) {
    public static final HttpLimits DEFAULT =
            new HttpLimits(
                    64 * 1024,
                    128,
                    16 * 1024,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(120),
                    Duration.ofSeconds(30),
                    256,
                    Duration.ofSeconds(10),
                    256);

    public HttpLimits withHeadTimeout(Duration timeout) {
        return new HttpLimits(
                headBytes,
                headerCount,
                targetBytes,
                timeout,
                idleTimeout,
                stallTimeout,
                bodyBytesPerSecond,
                connectTimeout,
                streamsPerConnection);
    }

    public HttpLimits withIdleTimeout(Duration timeout) {
        return new HttpLimits(
                headBytes,
                headerCount,
                targetBytes,
                headTimeout,
                timeout,
                stallTimeout,
                bodyBytesPerSecond,
                connectTimeout,
                streamsPerConnection);
    }

    public HttpLimits withStallTimeout(Duration timeout) {
        return new HttpLimits(
                headBytes,
                headerCount,
                targetBytes,
                headTimeout,
                idleTimeout,
                timeout,
                bodyBytesPerSecond,
                connectTimeout,
                streamsPerConnection);
    }
}
