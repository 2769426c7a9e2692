package dev.littlecloud.kernel.ipc;

import dev.littlecloud.kernel.mm.Frames;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@link AioContext}s of an address space, by what programs know them by. Their results are
 * charged to the instance in advance. Guarded by the instance lock.
 */
public final class AioContexts {
    /** What a result costs, roughly. */
    private static final long EVENT_BYTES = 64;

    private final Frames frames;
    private final Map<Long, AioContext> contexts = new HashMap<>();

    public AioContexts(Frames frames) {
        this.frames = frames;
    }

    /** Whether there is room for a context; true charges for it. */
    public boolean charge(int capacity) {
        return frames.charge(capacity * EVENT_BYTES);
    }

    public void add(long id, AioContext context) {
        contexts.put(id, context);
    }

    public @Nullable AioContext get(long id) {
        return contexts.get(id);
    }

    public @Nullable AioContext remove(long id) {
        AioContext gone = contexts.remove(id);
        if (gone != null) {
            uncharge(gone.capacity());
        }
        return gone;
    }

    /** Gives back what {@link #charge} took. */
    public void uncharge(int capacity) {
        frames.uncharge(capacity * EVENT_BYTES);
    }

    /** The address space is gone. */
    public void close() {
        contexts.values().forEach(context -> uncharge(context.capacity()));
        contexts.clear();
    }
}
