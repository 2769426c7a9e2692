package dev.littlecloud.gateway.service;

/** A place on an instance for one request or one connection. */
public interface Lease {
    /** Where to connect to. Leases on one instance give equal back ends. */
    Backend backend();

    /** Whether who asked for it had to wait, however short that was. */
    default boolean hasWaited() {
        return false;
    }

    /**
     * What it was taken for goes on as a stream of bytes that may be silent for long, such as a
     * WebSocket. Any thread; only the first call counts. Services may take no notice.
     */
    default void becomesStream() {}

    /** Gives the place back. Any thread; only the first call counts. */
    void release();
}
