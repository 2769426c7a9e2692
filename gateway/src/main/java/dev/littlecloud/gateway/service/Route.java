package dev.littlecloud.gateway.service;

/**
 * Where a host name leads.
 *
 * @param tls what happens to TLS connections that ask for the name
 */
public record Route(Service service, Tls tls) {
    /** Who holds the key. */
    public enum Tls {
        /** The gateway decrypts. */
        TERMINATE,
        /** The service's program does: the gateway passes bytes on. */
        PASS_THROUGH
    }

    public static Route to(Service service) {
        return new Route(service, Tls.TERMINATE);
    }
}
