package dev.littlecloud.gateway.service;

/** A place on an instance for one request or one connection. */
public interface Lease {
    /** Where to connect to. Leases on one instance give equal back ends. */
    Backend backend();

    /** Gives the place back. Any thread; only the first call counts. */
    void release();
}
