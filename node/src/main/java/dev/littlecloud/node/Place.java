package dev.littlecloud.node;

import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.service.Lease;
import java.util.concurrent.atomic.AtomicBoolean;

/** A place for one request. */
final class Place implements Lease {
    private final Backend backend;
    private final Runnable whenReleased;
    private final AtomicBoolean isReleased = new AtomicBoolean();

    Place(Backend backend, Runnable whenReleased) {
        this.backend = backend;
        this.whenReleased = whenReleased;
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public void release() {
        if (isReleased.compareAndSet(false, true)) {
            whenReleased.run();
        }
    }
}
