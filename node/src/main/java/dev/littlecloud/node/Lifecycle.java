package dev.littlecloud.node;

import dev.littlecloud.control.WorkloadException;
import dev.littlecloud.control.WorkloadListener;
import dev.littlecloud.node.Launcher.Prepared;
import dev.littlecloud.node.Launcher.Unit;
import dev.littlecloud.node.Launcher.Used;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Starts, freezes and ends the instances of a fleet, each on a thread of its own and without the
 * fleet's lock, and writes down what happened to them.
 */
final class Lifecycle {
    private final Prepared prepared;
    private final WorkloadListener listener;
    private final Owner owner;

    /** Removes what is kept on disk; null where nothing was to be removed. */
    private volatile @Nullable Thread removing;

    /** Hears what became of an instance. Called without its lock. */
    interface Owner {
        void isReady(Member member, Unit unit);

        /** A start failed, or the instance ended by itself. */
        void crashed(Member member, String reason);

        void hasEnded(Member member);

        void isFrozen(Member member);

        /** It could not be frozen; whether that is news. */
        boolean isStuck(Member member, String reason);

        /** Something came for an instance that is frozen, or about to be. */
        void wanted(Member member);

        /** Whether an end of the instance now is its own doing. */
        boolean isRunning(Member member);
    }

    Lifecycle(Prepared prepared, WorkloadListener listener, Owner owner) {
        this.prepared = prepared;
        this.listener = listener;
        this.owner = owner;
    }

    /**
     * Starts an instance that is made already, on this thread: it takes less time than to hand it over
     * to another one. False where there is none.
     */
    boolean startStaged(Member member, String why) {
        UnitEvents events = events(member);
        try {
            Optional<Unit> staged = prepared.startStaged(events);
            staged.ifPresent(unit -> isReady(member, unit, events, why));
            return staged.isPresent();
        } catch (RuntimeException defect) {
            failed(member, null, "internal error: " + defect);
            return true;
        }
    }

    /**
     * Starts an instance.
     *
     * @param frozen what goes on, where that is in this process
     * @param isStateful whether it is to go on with what was frozen before a restart
     */
    void start(Member member, @Nullable Unit frozen, boolean isStateful, String why) {
        UnitEvents events = events(member);
        try {
            Unit unit = frozen;
            if (unit == null) {
                unit = prepared.start(events, isStateful);
            } else {
                unit.thaw(events);
            }
            isReady(member, unit, events, why);
        } catch (WorkloadException failure) {
            failed(member, frozen, String.valueOf(failure.getMessage()));
        } catch (InterruptedException stop) {
            failed(member, frozen, "the start was interrupted");
        } catch (RuntimeException defect) {
            failed(member, frozen, "internal error: " + defect);
        }
    }

    private UnitEvents events(Member member) {
        return new UnitEvents(
                listener,
                (unit, how) -> endedByItself(member, unit, how),
                () -> owner.wanted(member));
    }

    private void isReady(Member member, Unit unit, UnitEvents events, String why) {
        listener.started(
                unit.id(), unit.isResumed() ? why + "; it goes on where it was frozen" : why);
        owner.isReady(member, unit);
        events.isKnown(unit);
    }

    /** The instances come in place of another fleet's. */
    void follow(Lifecycle before, double requestsEach) {
        prepared.follow(before.prepared, requestsEach);
    }

    /** No more instances than these are there at a time. */
    void atMost(int instances) {
        prepared.atMost(instances);
    }

    private void failed(Member member, @Nullable Unit frozen, String reason) {
        String how = reason;
        if (frozen != null) {
            // Those who are still connected to it must know.
            how += killed(frozen);
        }
        owner.crashed(member, how);
    }

    private void endedByItself(Member member, Unit unit, String how) {
        tellUsage(unit);
        // Where we ended it, who did so tells.
        if (owner.isRunning(member)) {
            prepared.forgetState();
            listener.ended(unit.id(), true, how);
            owner.crashed(member, how);
        }
    }

    /**
     * Ends an instance.
     *
     * @param patience what its program gets to end when it is asked to; zero where it is not asked
     */
    void end(Member member, Unit unit, Duration patience, String why) {
        Thread.ofVirtual()
                .name("end-" + unit.id())
                .start(
                        () -> {
                            String how = patience.isZero() ? why : why + stopped(unit, patience);
                            how += killed(unit);
                            tellUsage(unit);
                            listener.ended(unit.id(), false, how);
                            owner.hasEnded(member);
                        });
    }

    private static String stopped(Unit unit, Duration patience) {
        try {
            return unit.stop(patience)
                    ? ""
                    : "; its program was asked to end and did not, so it was killed";
        } catch (InterruptedException now) {
            return "";
        } catch (RuntimeException defect) {
            return "; internal error: " + defect;
        }
    }

    /** Whatever goes wrong, it counts as ended: a member that never is keeps its place for ever. */
    private static String killed(Unit unit) {
        try {
            unit.end();
            return "";
        } catch (RuntimeException defect) {
            return "; internal error: " + defect;
        }
    }

    void freeze(Member member, Unit unit, String why) {
        Thread.ofVirtual()
                .name("freeze-" + unit.id())
                .start(
                        () -> {
                            try {
                                unit.freeze();
                            } catch (WorkloadException refused) {
                                stayedAwake(member, unit, String.valueOf(refused.getMessage()));
                                return;
                            } catch (InterruptedException | RuntimeException failure) {
                                stayedAwake(member, unit, "internal error: " + failure);
                                return;
                            }
                            tellUsage(unit);
                            listener.ended(unit.id(), false, why + "; it is frozen");
                            owner.isFrozen(member);
                        });
    }

    private void stayedAwake(Member member, Unit unit, String reason) {
        if (owner.isStuck(member, reason)) {
            listener.stayedAwake(unit.id(), "it cannot be frozen and goes on running: " + reason);
        }
    }

    /** What is frozen will not be needed again. */
    void drop(Unit frozen) {
        Thread.ofVirtual().start(frozen::end);
    }

    /** Nothing will be started any more. When this returns, nothing changes on disk any more. */
    void close() {
        Thread remover = removing;
        if (remover != null) {
            try {
                remover.join();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }
        prepared.close();
    }

    /** Nothing will be started any more, and nothing is kept on disk. Does not wait for that. */
    void remove() {
        removing = Thread.ofVirtual().name("remove").start(prepared::remove);
    }

    /** Whether {@link #remove} is done. */
    boolean isRemoved() {
        Thread remover = removing;
        return remover != null && !remover.isAlive();
    }

    void tellUsage(Unit unit) {
        Used used = unit.used();
        listener.used(
                unit.id(),
                used.guestCpuNanos(),
                used.kernelCpuNanos(),
                used.memoryByteMillis(),
                used.bytesIn(),
                used.bytesOut());
    }
}
