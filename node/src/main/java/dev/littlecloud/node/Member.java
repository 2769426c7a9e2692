package dev.littlecloud.node;

import dev.littlecloud.control.Workloads.RunningInstance;
import dev.littlecloud.node.Launcher.Unit;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An instance of a fleet, also while it is frozen. Guarded by the fleet's lock. */
final class Member {
    private static final long WELL_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Null until its first start is done. */
    @Nullable Unit unit;

    /** Requests it serves now. */
    int active;

    /** Those of them that became streams of bytes. */
    int streams;

    boolean isStarting = true;

    /** Whether it gets no more requests. */
    boolean isEnding;

    /** Whether its program was asked to end, for which it has some seconds. */
    boolean isStopping;

    /** Whether it ends with the request that it serves. */
    boolean isOnce;

    boolean isFrozen;

    /** Whether something came for it while it was being frozen. */
    boolean isWanted;

    /** Why it could not be frozen last; empty where it could. */
    String stuck = "";

    long startedNanos = System.nanoTime();
    Instant startedAt = Instant.now();

    /** When a request began or ended last. */
    long idleSinceNanos = System.nanoTime();

    /** What was started. */
    Unit running() {
        return Objects.requireNonNull(unit);
    }

    /** Its start is done. */
    void hasStarted(Unit started) {
        unit = started;
        isStarting = false;
        isWanted = false;
        startedNanos = System.nanoTime();
        startedAt = Instant.now();
        idleSinceNanos = startedNanos;
    }

    void isFrozenNow() {
        isEnding = false;
        isFrozen = true;
        stuck = "";
    }

    /** It goes on running for a reason, and whether that is another one than before. */
    boolean isStuck(String reason) {
        boolean isNews = !stuck.equals(reason);
        isEnding = false;
        isWanted = false;
        stuck = reason;
        idleSinceNanos = System.nanoTime();
        return isNews;
    }

    /** It runs for so long that what was before does not matter. */
    boolean isWell() {
        return isReady() && System.nanoTime() - startedNanos > WELL_NANOS;
    }

    /** As the control plane sees it. */
    RunningInstance view() {
        Unit up = running();
        return new RunningInstance(up.id(), startedAt, active, up.used().memoryBytes());
    }

    boolean isReady() {
        return unit != null && !isStarting && !isEnding && !isFrozen;
    }

    /** Whether it is there, and to stay. */
    boolean counts() {
        return !isEnding && !isFrozen;
    }

    /** Whether there is a machine that runs it. */
    boolean isUp() {
        return unit != null && !isStarting && !isFrozen;
    }
}
