package dev.littlecloud.node;

import dev.littlecloud.control.WorkloadListener;
import dev.littlecloud.control.Workloads.Order;
import dev.littlecloud.control.Workloads.RunningInstance;
import dev.littlecloud.control.Workloads.Workload;
import dev.littlecloud.control.model.Scaling;
import dev.littlecloud.control.model.ServiceSpec;
import dev.littlecloud.gateway.service.Lease;
import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.service.ServiceSettings;
import dev.littlecloud.node.Launcher.Prepared;
import dev.littlecloud.node.Launcher.Unit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The instances of one revision: as many as its requests need. */
final class Fleet implements Service, Workload, Lifecycle.Owner {
    /** For instances to be frozen, too, when the cloud is shut down, besides what programs get to end. */
    private static final long LAST_WORDS_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** How often connections that stay open are looked at, at most. */
    private static final long LEAST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Order order;
    private final WorkloadListener listener;
    private final Lifecycle lifecycle;
    private final ScheduledExecutorService timer;
    private final Supplier<Optional<Service>> routed;
    private final DeferringLock lock = new DeferringLock();

    // Guarded by the lock.
    private final Members members = new Members();
    private final Deque<CompletableFuture<Lease>> waiting = new ArrayDeque<>();
    private final Backoff backoff = new Backoff();
    private Scaling scaling;
    private boolean isRetired;
    private boolean isClosed;

    /**
     * @param routed where requests for this service are led now
     */
    Fleet(
            Order order,
            Prepared prepared,
            WorkloadListener listener,
            ScheduledExecutorService timer,
            Supplier<Optional<Service>> routed) {
        this.order = order;
        this.listener = listener;
        this.lifecycle = new Lifecycle(prepared, listener, this);
        this.timer = timer;
        this.routed = routed;
        this.scaling = order.spec().scaling();
    }

    @Override
    public String name() {
        return order.service();
    }

    Order order() {
        return order;
    }

    ServiceSpec spec() {
        return order.spec();
    }

    WorkloadListener listener() {
        return listener;
    }

    @Override
    public ServiceSettings settings() {
        return Settings.of(spec().withScaling(lock.get(() -> scaling)));
    }

    // ---- Requests. What follows is under the lock where it is not public or says otherwise.

    @Override
    public CompletableFuture<Lease> acquire() {
        CompletableFuture<Lease> place = new CompletableFuture<>();
        lock.run(
                () -> {
                    if (isClosed) {
                        lock.defer(() -> passOn(place));
                    } else {
                        seat(place);
                    }
                });
        return place;
    }

    private void passOn(CompletableFuture<Lease> place) {
        Optional<Service> next = routed.get().filter(service -> service != this);
        if (next.isPresent()) {
            Handover.passOn(place, next.get());
        } else {
            place.completeExceptionally(ending());
        }
    }

    private void seat(CompletableFuture<Lease> place) {
        Optional<Refusal> refusal = refusal();
        if (refusal.isPresent()) {
            place.completeExceptionally(refusal.get());
            return;
        }
        Optional<Member> least = members.leastBusy();
        if (least.isEmpty() || least.get().active >= scaling.soft()) {
            startIfNeeded(
                    waiting.size() + 1,
                    least.isEmpty() ? cameFirst() : "a request came and every instance had enough");
        }
        if (least.isPresent() && least.get().active < scaling.hard()) {
            place.complete(lease(least.get(), false));
        } else {
            waiting.add(place);
        }
    }

    private String cameFirst() {
        return members.frozen().isPresent()
                ? "a request came and the instance was frozen"
                : "a request came and no instance ran";
    }

    private Optional<Refusal> refusal() {
        boolean isPausing = backoff.pauseNanos(System.nanoTime()) > 0 && backoff.isLoop();
        return members.isEmpty() && isPausing
                ? Optional.of(new Refusal(Reason.CRASH_LOOP, backoff.loop(name())))
                : Optional.empty();
    }

    private Refusal ending() {
        return new Refusal(Reason.ENDING, "the service '" + name() + "' is ending");
    }

    private Lease lease(Member member, boolean hasWaited) {
        member.active++;
        member.idleSinceNanos = System.nanoTime();
        if (scaling.isRequestEach()) {
            member.isOnce = true;
            member.isEnding = true;
        }
        return new Place(
                member.running().backend(),
                hasWaited,
                new Place.Owner() {
                    @Override
                    public void becameStream() {
                        lock.run(
                                () -> {
                                    member.streams++;
                                    checkIdleLater();
                                });
                    }

                    @Override
                    public void released(boolean wasStream) {
                        lock.run(
                                () -> {
                                    member.streams -= wasStream ? 1 : 0;
                                    Fleet.this.released(member);
                                });
                    }
                });
    }

    private void released(Member member) {
        member.active--;
        lock.signal();
        if (!members.contains(member) || member.isFrozen) {
            return;
        }
        if (!member.isEnding) {
            serveWaiting();
        }
        if (member.active == 0 && !member.isStarting) {
            member.idleSinceNanos = System.nanoTime();
            if (member.isOnce) {
                member.isOnce = false;
                end(member, "its request is done");
            } else if (member.isEnding) {
                return;
            } else if (isRetired) {
                end(member, whyEnding());
            } else {
                checkIdleLater();
            }
        }
    }

    private void serveWaiting() {
        while (!waiting.isEmpty()) {
            Optional<Member> least = members.leastBusy();
            if (least.isEmpty() || least.get().active >= scaling.hard()) {
                return;
            }
            CompletableFuture<Lease> place = waiting.remove();
            if (!place.isDone()) {
                Lease lease = lease(least.get(), true);
                lock.defer(() -> Handover.give(place, lease));
            }
        }
    }

    // ---- Starts.

    private void startIfNeeded(int wanting, String why) {
        long starting = members.starting();
        // One that starts will take as many of those who wait as it may have.
        if (starting * scaling.soft() < wanting) {
            startOne(why);
        }
    }

    private void startOne(String why) {
        Optional<Member> sleeper = members.frozen();
        if (isClosed || (sleeper.isEmpty() && !members.haveRoom(scaling.max()))) {
            return;
        }
        Member member = sleeper.orElseGet(Member::new);
        if (sleeper.isEmpty()) {
            members.add(member);
        }
        Unit unit = member.unit;
        boolean isStateful = scaling.isStateful();
        member.isFrozen = false;
        member.isStarting = true;
        Runnable start =
                () -> {
                    if (unit != null || !lifecycle.startStaged(member, why)) {
                        Thread.ofVirtual()
                                .name("start-" + name())
                                .start(() -> lifecycle.start(member, unit, isStateful, why));
                    }
                };
        long pause = backoff.pauseNanos(System.nanoTime());
        if (pause == 0) {
            lock.defer(start);
        } else {
            ScheduledFuture<?> unused = timer.schedule(start, pause, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void isReady(Member member, Unit unit) {
        lock.run(
                () -> {
                    member.hasStarted(unit);
                    if (isClosed) {
                        endForShutdown(member);
                    } else {
                        serveWaiting();
                        checkIdleLater();
                    }
                });
    }

    @Override
    public void crashed(Member member, String reason) {
        lock.run(
                () -> {
                    members.remove(member);
                    backoff.crashed(System.nanoTime(), member.startedNanos, reason);
                    if (backoff.isLoop()) {
                        String loop = backoff.loop(name());
                        lock.defer(() -> listener.crashLoop(loop));
                    }
                    if (members.areAllEnding()) {
                        tryAgainOrRefuse();
                    }
                    keepWanted();
                });
    }

    /** Requests that wait are worth some more starts, and not starts for ever. */
    private void tryAgainOrRefuse() {
        if (backoff.isLoop()) {
            refuseWaiting(new Refusal(Reason.CRASH_LOOP, backoff.loop(name())));
        } else if (!waiting.isEmpty()) {
            startOne("the one before it crashed and requests wait");
        }
    }

    private void refuseWaiting(Refusal refusal) {
        for (CompletableFuture<Lease> place : waiting) {
            lock.defer(() -> place.completeExceptionally(refusal));
        }
        waiting.clear();
    }

    @Override
    public boolean isRunning(Member member) {
        return lock.get(() -> members.contains(member) && member.counts());
    }

    // ---- Ends.

    private void end(Member member, String why) {
        member.isEnding = true;
        Duration patience = Duration.ofMillis(scaling.stopMillis());
        member.isStopping = patience.isPositive();
        lifecycle.end(member, member.running(), patience, why);
    }

    @Override
    public void hasEnded(Member member) {
        lock.run(
                () -> {
                    members.remove(member);
                    lock.signal();
                    isWell();
                    if (!waiting.isEmpty()) {
                        startIfNeeded(waiting.size(), "requests wait and there is room now");
                    }
                    keepWanted();
                    closeIfDone();
                });
    }

    private void isWell() {
        if (backoff.crashes() > 0) {
            backoff.isWell();
            lock.defer(listener::recovered);
        }
    }

    // ---- Sleep.

    private void freeze(Member member, String why) {
        member.isEnding = true;
        lifecycle.freeze(member, member.running(), why);
    }

    @Override
    public void isFrozen(Member member) {
        lock.run(
                () -> {
                    member.isFrozenNow();
                    lock.signal();
                    isWell();
                    if (isRetired && !isClosed) {
                        drop(member);
                        closeIfDone();
                    } else if (member.isWanted || !waiting.isEmpty()) {
                        startOne("something came while the instance was being frozen");
                    }
                });
    }

    @Override
    public boolean isStuck(Member member, String reason) {
        return lock.get(
                () -> {
                    boolean isNews = member.isStuck(reason);
                    if (isRetired) {
                        end(member, whyEnding());
                    } else {
                        serveWaiting();
                        checkIdleIn(Idleness.STUCK_NANOS);
                    }
                    return isNews;
                });
    }

    @Override
    public void wanted(Member member) {
        lock.run(
                () -> {
                    member.isWanted = true;
                    if (member.isFrozen && members.contains(member)) {
                        startOne("a connection that outlasted the instance has news for it");
                    }
                });
    }

    private void drop(Member member) {
        members.remove(member);
        lifecycle.drop(member.running());
    }

    private void endForShutdown(Member member) {
        member.isOnce = false;
        if (scaling.isStateful()) {
            freeze(member, "the cloud is shut down");
        } else {
            end(member, "the cloud is shut down");
        }
    }

    private String whyEnding() {
        return isClosed ? "the cloud is shut down" : "a newer revision serves";
    }

    private void checkIdleLater() {
        checkIdleIn(TimeUnit.MILLISECONDS.toNanos(scaling.idleMillis()));
    }

    private void checkIdleIn(long nanos) {
        ScheduledFuture<?> unused =
                timer.schedule(() -> lock.run(this::endIdle), nanos, TimeUnit.NANOSECONDS);
    }

    private void endIdle() {
        long now = System.nanoTime();
        long surplus = members.counting() - kept();
        for (Member member : members.copy()) {
            if (surplus > 0 && member.isReady() && restNanos(member, now) <= 0) {
                String why = "no request for " + scaling.idleMillis() + " ms";
                if (scaling.isStateful() && surplus == 1) {
                    freeze(member, why);
                } else {
                    end(member, why);
                }
                surplus--;
            }
        }
        if (surplus > 0 && (outlasts() || (scaling.isStateful() && members.haveStreams()))) {
            // Nobody will tell when the last byte of a connection that stays open went through.
            members.ready().stream()
                    .mapToLong(member -> restNanos(member, now))
                    .min()
                    .ifPresent(rest -> checkIdleIn(Math.max(rest, LEAST_REST_NANOS)));
        }
    }

    private boolean outlasts() {
        return Idleness.outlasts(spec(), scaling);
    }

    private long restNanos(Member member, long now) {
        return Idleness.restNanos(member, spec(), scaling, now);
    }

    private int kept() {
        return isRetired ? 0 : scaling.kept();
    }

    private void keepWanted() {
        long missing = kept() - members.counting();
        for (long i = 0; i < missing; i++) {
            startOne("the service keeps " + kept() + " instances");
        }
    }

    /** It comes in place of another revision. */
    void follow(Fleet before) {
        double soft = lock.get(() -> scaling.soft());
        lifecycle.follow(before.lifecycle, before.lock.get(() -> before.scaling.soft()) / soft);
    }

    /** Starts what is to run without requests. */
    void begin() {
        lifecycle.atMost(lock.get(() -> scaling.max()));
        lock.run(this::keepWanted);
    }

    @Override
    public void scale(Scaling newScaling) {
        lock.run(
                () -> {
                    scaling = newScaling;
                    lock.defer(() -> lifecycle.atMost(newScaling.max()));
                    keepWanted();
                    checkIdleLater();
                });
    }

    @Override
    public List<RunningInstance> instances() {
        return lock.get(() -> members.up().map(Member::view).toList());
    }

    /**
     * Requests that still come, because they were led here a moment ago, are served; then all ends.
     */
    @Override
    public void retire() {
        lock.run(
                () -> {
                    isRetired = true;
                    for (Member member : members.copy()) {
                        if (member.isFrozen) {
                            drop(member);
                        } else if (member.isReady() && member.active == 0) {
                            end(member, "a newer revision serves");
                        }
                    }
                    closeIfDone();
                });
    }

    private void closeIfDone() {
        if (isRetired && members.isEmpty() && waiting.isEmpty() && !isClosed) {
            isClosed = true;
            lifecycle.remove();
        }
    }

    /** Whether nothing is left of it, on disk neither. */
    boolean isGone() {
        return lifecycle.isRemoved();
    }

    /** Refuses requests from now on, because the cloud is shut down. */
    void takeNoMore() {
        lock.run(
                () -> {
                    isRetired = true;
                    isClosed = true;
                    refuseWaiting(ending());
                });
    }

    /** Waits until no request is under way, or until the deadline. */
    void awaitIdle(long deadlineNanos) {
        lock.await(() -> outlasts() || !members.haveRequests(scaling.isStateful()), deadlineNanos);
    }

    /** Begins to end all instances, also those with requests. */
    void endAll() {
        takeNoMore();
        lock.run(() -> members.upAndNotEnding().forEach(this::endForShutdown));
    }

    /** Ends all instances and waits for that, and for what is removed from the disk. */
    void close() {
        endAll();
        long patience = TimeUnit.MILLISECONDS.toNanos(lock.get(() -> scaling.stopMillis()));
        long deadline = System.nanoTime() + patience + LAST_WORDS_NANOS;
        lock.await(() -> members.up().findAny().isEmpty(), deadline);
        lifecycle.close();
    }

    // ---- Usage.

    void tellUsage() {
        List<Unit> units =
                lock.get(
                        () -> {
                            if (members.up().anyMatch(Member::isWell)) {
                                isWell();
                            }
                            return members.units();
                        });
        units.forEach(lifecycle::tellUsage);
    }
}
