package dev.littlecloud.node;

import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.service.Lease;
import java.util.concurrent.atomic.AtomicReference;

/** A place for one request. */
final class Place implements Lease {
    private enum State {
        REQUEST,
        STREAM,
        RELEASED
    }

    private final Backend backend;
    private final Owner owner;
    private final boolean hasWaited;
    private final AtomicReference<State> state = new AtomicReference<>(State.REQUEST);

    /** Hears what becomes of it. */
    interface Owner {
        /** What holds it goes on as a stream of bytes. */
        void becameStream();

        /** Once, and last. */
        void released(boolean wasStream);
    }

    /**
     * @param hasWaited whether it was not there when it was asked for
     */
    Place(Backend backend, boolean hasWaited, Owner owner) {
        this.backend = backend;
        this.hasWaited = hasWaited;
        this.owner = owner;
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public boolean hasWaited() {
        return hasWaited;
    }

    @Override
    public void becomesStream() {
        if (state.compareAndSet(State.REQUEST, State.STREAM)) {
            owner.becameStream();
        }
    }

    @Override
    public void release() {
        State before = state.getAndSet(State.RELEASED);
        if (before != State.RELEASED) {
            owner.released(before == State.STREAM);
        }
    }
}
