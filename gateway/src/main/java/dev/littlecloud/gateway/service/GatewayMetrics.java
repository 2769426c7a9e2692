package dev.littlecloud.gateway.service;

/** Hears what the gateway did for services. Called on event loops: must be quick. */
public interface GatewayMetrics {
    /**
     * A request has been answered, or a client is gone.
     *
     * @param status of the response; 499 where the client left before there was one
     * @param bytesIn of the request's body, of both directions of an upgraded connection the first
     * @param bytesOut of the response's body
     */
    void request(Service service, int status, long bytesIn, long bytesOut, long durationNanos);

    /** A request waited so long for its instance to start. */
    void woke(Service service, long nanos);

    /** A connection of bytes has ended. */
    void connection(Service service, long bytesIn, long bytesOut, long durationNanos);

    /** Nobody listens. */
    GatewayMetrics NONE =
            new GatewayMetrics() {
                @Override
                public void request(
                        Service service, int status, long in, long out, long durationNanos) {
                    // Nobody counts.
                }

                @Override
                public void woke(Service service, long nanos) {
                    // Nobody counts.
                }

                @Override
                public void connection(Service service, long in, long out, long durationNanos) {
                    // Nobody counts.
                }
            };
}
