package dev.littlecloud.node;

import dev.littlecloud.node.Launcher.Unit;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An instance of a fleet. Guarded by the fleet's lock. */
final class Member {
    /** Null while it starts. */
    @Nullable Unit unit;

    /** Requests it serves now. */
    int active;

    /** Whether it gets no more requests. */
    boolean isEnding;

    long startedNanos = System.nanoTime();
    Instant startedAt = Instant.now();
    long idleSinceNanos = System.nanoTime();

    boolean isReady() {
        return unit != null && !isEnding;
    }
}
