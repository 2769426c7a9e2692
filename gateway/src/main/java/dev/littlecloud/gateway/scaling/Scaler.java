package dev.littlecloud.gateway.scaling;

import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.service.Lease;
import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.service.ServiceSettings;
import dev.littlecloud.gateway.service.ServiceSettings.Isolation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One revision of a service that has as many instances as it needs.
 *
 * <p>Requests go to the busiest instance that is below its soft limit, so that the others become idle
 * and end. Where all are at their soft limit, another instance is started at once, and the request goes
 * to the least busy one below its hard limit; where there is none it waits for the one that starts.
 */
public final class Scaler implements Service {
    private final String name;
    private final ServiceSettings settings;
    private final ScalingSettings scaling;
    private final InstanceSource source;
    private final ScalingClock clock;
    private final ScalingListener listener;
    private final int soft;
    private final int hard;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Slot> slots = new ArrayList<>();
    private final ArrayDeque<CompletableFuture<Lease>> queue = new ArrayDeque<>();
    private final Backoff backoff = new Backoff();
    private int starting;
    private boolean retryPlanned;
    private boolean draining;
    private final CompletableFuture<Void> drained = new CompletableFuture<>();

    public Scaler(
            String name,
            ServiceSettings settings,
            ScalingSettings scaling,
            InstanceSource source,
            ScalingClock clock,
            ScalingListener listener) {
        this.name = name;
        this.settings = settings;
        this.scaling = scaling;
        this.source = source;
        this.clock = clock;
        this.listener = listener;
        boolean single = settings.isolation() == Isolation.REQUEST;
        this.soft = single ? 1 : scaling.softConcurrency();
        this.hard = single ? 1 : scaling.hardConcurrency();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ServiceSettings settings() {
        return settings;
    }

    public ScalingStatus status() {
        lock.lock();
        try {
            return new ScalingStatus(
                    slots.size(),
                    starting,
                    leases(),
                    queue.size(),
                    backoff.failures(),
                    backoff.reason(),
                    backoff.isLoop() && backoff.pauseNanos(clock.nanos()) > 0);
        } finally {
            lock.unlock();
        }
    }

    /** Starts the instances that stay without requests. */
    public void start() {
        locked(actions -> grow(actions, "min"));
    }

    /**
     * Ends all instances as soon as they have no requests. Requests that come nevertheless, because
     * they were on their way, are answered.
     *
     * @return done when no instance is left
     */
    public CompletableFuture<Void> drain() {
        locked(
                actions -> {
                    draining = true;
                    for (Slot slot : List.copyOf(slots)) {
                        if (slot.leases == 0) {
                            stop(slot, "replaced", actions);
                        }
                    }
                    checkDrained(actions);
                });
        return drained;
    }

    @Override
    public CompletableFuture<Lease> acquire() {
        CompletableFuture<Lease> future = new CompletableFuture<>();
        locked(actions -> place(future, actions));
        return future;
    }

    private interface Step {
        void run(List<Runnable> actions);
    }

    /** Runs a step with the lock held, and what it leaves to do without. */
    private void locked(Step step) {
        List<Runnable> actions = new ArrayList<>(2);
        lock.lock();
        try {
            step.run(actions);
        } finally {
            lock.unlock();
        }
        actions.forEach(Runnable::run);
    }

    private void place(CompletableFuture<Lease> future, List<Runnable> actions) {
        Slot slot = busiestBelowSoft();
        if (slot != null) {
            grant(slot, future, actions);
            return;
        }
        long pause = backoff.pauseNanos(clock.nanos());
        slot = leastBusyBelowHard();
        if (slot != null) {
            grant(slot, future, actions);
            grow(actions, "soft concurrency reached");
        } else if (backoff.isLoop() && pause > 0) {
            actions.add(() -> future.completeExceptionally(crashLoop(pause)));
        } else {
            queue.add(future);
            grow(actions, slots.isEmpty() ? "request" : "hard concurrency reached");
            boundQueue(future, actions);
        }
    }

    /** Only so many requests wait as the instances that start, or will, can take. */
    private void boundQueue(CompletableFuture<Lease> last, List<Runnable> actions) {
        int coming = starting > 0 ? starting : retryPlanned ? 1 : 0;
        if (queue.size() > (long) coming * hard) {
            queue.removeIf(CompletableFuture::isDone);
        }
        if (queue.size() > (long) coming * hard && queue.remove(last)) {
            Refusal refusal =
                    new Refusal(
                            Reason.OVERLOADED,
                            "%s has %d instances with %d requests each, and may not have more"
                                    .formatted(name, slots.size(), hard));
            actions.add(() -> last.completeExceptionally(refusal));
        }
    }

    private Refusal crashLoop(long pauseNanos) {
        return new Refusal(
                Reason.CRASH_LOOP,
                "%s failed %d times in a row (%s); next try in %d ms"
                        .formatted(
                                name,
                                backoff.failures(),
                                backoff.reason(),
                                pauseNanos / 1_000_000));
    }

    private @Nullable Slot busiestBelowSoft() {
        Slot best = null;
        for (Slot slot : slots) {
            if (slot.leases < soft && (best == null || slot.leases > best.leases)) {
                best = slot;
            }
        }
        return best;
    }

    private @Nullable Slot leastBusyBelowHard() {
        Slot best = null;
        for (Slot slot : slots) {
            if (slot.leases < hard && (best == null || slot.leases < best.leases)) {
                best = slot;
            }
        }
        return best;
    }

    private int leases() {
        return slots.stream().mapToInt(slot -> slot.leases).sum();
    }

    private void grant(Slot slot, CompletableFuture<Lease> to, List<Runnable> actions) {
        slot.leases++;
        slot.idleTurn++;
        ScaledLease lease = new ScaledLease(slot);
        actions.add(
                () -> {
                    if (!to.complete(lease)) {
                        lease.release();
                    }
                });
    }

    /** Starts as many instances as the requests need now. */
    private void grow(List<Runnable> actions, String why) {
        int load = leases() + queue.size();
        int least = draining ? 0 : scaling.minInstances();
        long pause = backoff.pauseNanos(clock.nanos());
        while (slots.size() + starting < scaling.maxInstances()
                && (slots.size() + starting < least
                        || load > (long) (slots.size() + starting) * soft)) {
            if (pause > 0) {
                planRetry(pause, actions);
                return;
            }
            starting++;
            actions.add(() -> startOne(why));
        }
    }

    private void planRetry(long pause, List<Runnable> actions) {
        if (!retryPlanned) {
            retryPlanned = true;
            actions.add(() -> clock.after(pause, this::retry));
        }
    }

    private void retry() {
        locked(
                actions -> {
                    retryPlanned = false;
                    queue.removeIf(CompletableFuture::isDone);
                    grow(actions, "next try");
                });
    }

    private void startOne(String why) {
        listener.starting(why);
        long asked = clock.nanos();
        source.start()
                .whenComplete(
                        (instance, failure) -> {
                            if (instance != null) {
                                started(instance, asked);
                            } else {
                                notStarted(failure);
                            }
                        });
    }

    private void started(InstanceSource.Running instance, long asked) {
        Slot slot = new Slot(instance, clock.nanos());
        listener.started(slot.startedAt - asked);
        locked(
                actions -> {
                    starting--;
                    slots.add(slot);
                    serveQueue(slot, actions);
                    if (slot.leases == 0) {
                        idle(slot, actions);
                    }
                });
        instance.ended().whenComplete((why, failure) -> ended(slot, why));
    }

    private void serveQueue(Slot slot, List<Runnable> actions) {
        while (slot.leases < hard && !queue.isEmpty()) {
            CompletableFuture<Lease> next = queue.remove();
            if (!next.isDone()) {
                grant(slot, next, actions);
            }
        }
    }

    private void notStarted(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        String message = cause == null ? null : cause.getMessage();
        String why = "it did not start: " + (message == null ? String.valueOf(cause) : message);
        locked(
                actions -> {
                    starting--;
                    failed(why, 0, actions);
                    checkDrained(actions);
                });
    }

    private void ended(Slot slot, @Nullable String why) {
        locked(
                actions -> {
                    if (slot.gone) {
                        return;
                    }
                    slot.gone = true;
                    slots.remove(slot);
                    String reason = why == null ? "it ended" : why;
                    failed(reason, clock.nanos() - slot.startedAt, actions);
                    checkDrained(actions);
                });
    }

    private void failed(String why, long livedNanos, List<Runnable> actions) {
        long now = clock.nanos();
        backoff.failed(why, now, livedNanos);
        long pause = backoff.pauseNanos(now);
        int failures = backoff.failures();
        actions.add(() -> listener.failed(why, failures, pause));
        if (backoff.isLoop() && slots.isEmpty() && starting == 0) {
            Refusal refusal = crashLoop(pause);
            for (CompletableFuture<Lease> waiting : queue) {
                actions.add(() -> waiting.completeExceptionally(refusal));
            }
            queue.clear();
        }
        grow(actions, "next try");
    }

    /** An instance has no request: it ends unless it gets one in time. */
    private void idle(Slot slot, List<Runnable> actions) {
        int turn = ++slot.idleTurn;
        if (draining) {
            stop(slot, "replaced", actions);
        } else if (slots.size() > scaling.minInstances()) {
            long nanos = scaling.idle().toNanos();
            actions.add(() -> clock.after(nanos, () -> stillIdle(slot, turn)));
        }
    }

    private void stillIdle(Slot slot, int turn) {
        locked(
                actions -> {
                    boolean surplus = slots.size() > scaling.minInstances();
                    if (slot.idleTurn == turn && !slot.gone && surplus) {
                        stop(slot, "idle", actions);
                    }
                });
    }

    private void stop(Slot slot, String why, List<Runnable> actions) {
        slot.gone = true;
        slots.remove(slot);
        backoff.recovered();
        actions.add(() -> listener.stopped(why));
        actions.add(slot.instance::stop);
        checkDrained(actions);
    }

    private void checkDrained(List<Runnable> actions) {
        if (draining && slots.isEmpty() && starting == 0 && queue.isEmpty()) {
            actions.add(() -> drained.complete(null));
        }
    }

    private void released(Slot slot) {
        locked(
                actions -> {
                    slot.leases--;
                    if (slot.gone) {
                        return;
                    }
                    if (settings.isolation() == Isolation.REQUEST) {
                        stop(slot, "its request is done", actions);
                        grow(actions, "min");
                        return;
                    }
                    serveQueue(slot, actions);
                    if (slot.leases == 0) {
                        idle(slot, actions);
                    }
                });
    }

    /** A place on an instance. */
    private final class ScaledLease implements Lease {
        private final Slot slot;
        private final AtomicBoolean released = new AtomicBoolean();

        ScaledLease(Slot slot) {
            this.slot = slot;
        }

        @Override
        public Backend backend() {
            return slot.instance.backend();
        }

        @Override
        public void release() {
            if (released.compareAndSet(false, true)) {
                released(slot);
            }
        }
    }
}
