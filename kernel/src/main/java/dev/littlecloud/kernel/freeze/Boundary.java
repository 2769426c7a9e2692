package dev.littlecloud.kernel.freeze;

import org.jspecify.annotations.Nullable;

/** Where a graph of objects ends. */
public interface Boundary {
    /** What stands for an object that is not part of the graph; null where it is part of it. */
    @Nullable External leave(Object object);

    /** The other way round: what an {@link External} is for a graph that is being made. */
    interface Entry {
        Object enter(External external);
    }
}
