package dev.littlecloud.gateway.service;

import java.time.Duration;

/**
 * How requests of a service are carried.
 *
 * @param protocol what its program speaks
 * @param isolation whether an instance serves more than one request
 * @param requestTimeout longest time from a request's head to its response's last byte; of an
 *     upgraded connection, an event stream or gRPC to the response's head
 * @param maxRequestBytes most bytes of a request's body
 */
public record ServiceSettings(
        Protocol protocol, Isolation isolation, Duration requestTimeout, long maxRequestBytes) {
    public static final ServiceSettings DEFAULT =
            new ServiceSettings(
                    Protocol.HTTP1, Isolation.INSTANCE, Duration.ofSeconds(60), Long.MAX_VALUE);

    /** What the program in the instance speaks on its port. */
    public enum Protocol {
        HTTP1,
        /** HTTP/2 without TLS, by prior knowledge: gRPC. */
        H2C,
        /** Bytes. */
        TCP
    }

    /** What an instance is used for before it is thrown away. */
    public enum Isolation {
        /** Any number of requests, also at a time. */
        INSTANCE,
        /** One request. */
        REQUEST
    }

    public ServiceSettings {
        if (requestTimeout.isNegative() || requestTimeout.isZero()) {
            throw new IllegalArgumentException("a request needs time: " + requestTimeout);
        }
        if (maxRequestBytes < 0) {
            throw new IllegalArgumentException("a body has no " + maxRequestBytes + " bytes");
        }
    }

    public ServiceSettings withProtocol(Protocol newProtocol) {
        return new ServiceSettings(newProtocol, isolation, requestTimeout, maxRequestBytes);
    }

    public ServiceSettings withIsolation(Isolation newIsolation) {
        return new ServiceSettings(protocol, newIsolation, requestTimeout, maxRequestBytes);
    }

    public ServiceSettings withRequestTimeout(Duration newTimeout) {
        return new ServiceSettings(protocol, isolation, newTimeout, maxRequestBytes);
    }

    public ServiceSettings withMaxRequestBytes(long newMaximum) {
        return new ServiceSettings(protocol, isolation, requestTimeout, newMaximum);
    }
}
