package dev.littlecloud.node;

import dev.littlecloud.control.WorkloadException;
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
import dev.littlecloud.node.Launcher.Used;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The instances of one revision: as many as its requests need. */
final class Fleet implements Service, Workload {
    /** Who lives so long is well, whatever was before. */
    private static final long WELL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long LAST_WORDS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Order order;
    private final Prepared prepared;
    private final WorkloadListener listener;
    private final ScheduledExecutorService timer;
    private final Supplier<Optional<Service>> routed;
    private final DeferringLock lock = new DeferringLock();

    // Guarded by the lock.
    private final List<Member> members = new ArrayList<>();
    private final Deque<CompletableFuture<Lease>> waiting = new ArrayDeque<>();
    private final Backoff backoff = new Backoff();
    private Scaling scaling;
    private boolean isRetired;
    private boolean isClosed;
    private String lastCrash = "";

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
        this.prepared = prepared;
        this.listener = listener;
        this.timer = timer;
        this.routed = routed;
        this.scaling = order.spec().scaling();
    }

    @Override
    public String name() {
        return order.service();
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

    /** A request that was led here before another revision took over is that one's. */
    private void passOn(CompletableFuture<Lease> place) {
        Optional<Service> next = routed.get().filter(service -> service != this);
        if (next.isEmpty()) {
            place.completeExceptionally(ending());
            return;
        }
        CompletableFuture<Lease> there = next.get().acquire();
        var _ =
                there.whenComplete(
                        (lease, refused) -> {
                            if (lease != null) {
                                give(place, lease);
                            } else {
                                place.completeExceptionally(
                                        refused instanceof CompletionException wrapped
                                                        && wrapped.getCause() != null
                                                ? wrapped.getCause()
                                                : refused);
                            }
                        });
        var _ = place.whenComplete((lease, gone) -> there.cancel(false));
    }

    private void seat(CompletableFuture<Lease> place) {
        Optional<Refusal> refusal = refusal();
        if (refusal.isPresent()) {
            place.completeExceptionally(refusal.get());
            return;
        }
        Optional<Member> least = leastBusy();
        if (least.isEmpty() || least.get().active >= scaling.soft()) {
            startIfNeeded(
                    least.isEmpty()
                            ? "a request came and no instance ran"
                            : "a request came and every instance had enough");
        }
        if (least.isPresent() && least.get().active < scaling.hard()) {
            place.complete(lease(least.get()));
        } else {
            waiting.add(place);
        }
    }

    private Optional<Refusal> refusal() {
        boolean isPausing = backoff.pauseNanos(System.nanoTime()) > 0 && backoff.isLoop();
        return members.isEmpty() && isPausing
                ? Optional.of(new Refusal(Reason.CRASH_LOOP, crashLoop()))
                : Optional.empty();
    }

    private Refusal ending() {
        return new Refusal(Reason.ENDING, "the service '" + name() + "' is ending");
    }

    private Optional<Member> leastBusy() {
        return members.stream()
                .filter(Member::isReady)
                .min(Comparator.comparingInt(member -> member.active));
    }

    private Lease lease(Member member) {
        member.active++;
        if (scaling.isRequestEach()) {
            member.isEnding = true;
        }
        return new Place(
                Objects.requireNonNull(member.unit).backend(),
                () -> lock.run(() -> released(member)));
    }

    private void released(Member member) {
        member.active--;
        lock.signal();
        if (!member.isEnding) {
            serveWaiting();
        }
        if (member.active == 0) {
            member.idleSinceNanos = System.nanoTime();
            if (member.isEnding) {
                end(member, "its request is done");
            } else if (isRetired) {
                end(member, isClosed ? "the cloud is shut down" : "a newer revision serves");
            } else {
                checkIdleLater();
            }
        }
    }

    private void serveWaiting() {
        while (!waiting.isEmpty()) {
            Optional<Member> least = leastBusy();
            if (least.isEmpty() || least.get().active >= scaling.hard()) {
                return;
            }
            CompletableFuture<Lease> place = waiting.remove();
            if (!place.isDone()) {
                Lease lease = lease(least.get());
                lock.defer(() -> give(place, lease));
            }
        }
    }

    private static void give(CompletableFuture<Lease> place, Lease lease) {
        if (!place.complete(lease)) {
            // Who waited has gone away.
            lease.release();
        }
    }

    // ---- Starts.

    private void startIfNeeded(String why) {
        long starting =
                members.stream().filter(member -> member.unit == null && !member.isEnding).count();
        // One that starts will take as many of those who wait as it may have.
        if (starting * scaling.soft() <= waiting.size()) {
            startOne(why);
        }
    }

    private void startOne(String why) {
        if (members.size() >= scaling.max() || isClosed) {
            return;
        }
        Member member = new Member();
        members.add(member);
        long pause = backoff.pauseNanos(System.nanoTime());
        Runnable start =
                () -> Thread.ofVirtual().name("start-" + name()).start(() -> start(member, why));
        if (pause == 0) {
            start.run();
        } else {
            ScheduledFuture<?> unused = timer.schedule(start, pause, TimeUnit.NANOSECONDS);
        }
    }

    /** On a thread of its own, without the lock. */
    private void start(Member member, String why) {
        member.startedNanos = System.nanoTime();
        UnitEvents events = new UnitEvents(listener, (unit, how) -> unitEnded(member, unit, how));
        try {
            Unit unit = prepared.start(events);
            listener.started(unit.id(), why);
            lock.run(() -> ready(member, unit));
            events.isKnown(unit);
        } catch (WorkloadException failure) {
            crashed(member, String.valueOf(failure.getMessage()));
        } catch (InterruptedException stop) {
            crashed(member, "the start was interrupted");
        } catch (RuntimeException defect) {
            crashed(member, "internal error: " + defect);
        }
    }

    private void ready(Member member, Unit unit) {
        member.unit = unit;
        member.idleSinceNanos = System.nanoTime();
        if (isClosed) {
            end(member, "the service ends");
        } else {
            serveWaiting();
            checkIdleLater();
        }
    }

    private String crashLoop() {
        return "the program of '%s' ended %d times in a row, last because %s"
                .formatted(name(), backoff.crashes(), lastCrash);
    }

    /** A start failed, or an instance ended by itself. Without the lock. */
    private void crashed(Member member, String reason) {
        lock.run(
                () -> {
                    members.remove(member);
                    lastCrash = reason;
                    long now = System.nanoTime();
                    backoff.crashed(now, now - member.startedNanos);
                    if (backoff.isLoop()) {
                        String loop = crashLoop();
                        lock.defer(() -> listener.crashLoop(loop));
                    }
                    if (members.stream().allMatch(other -> other.isEnding)) {
                        tryAgainOrRefuse();
                    }
                    keepWanted();
                });
    }

    /** Requests that wait are worth some more starts, and not starts for ever. */
    private void tryAgainOrRefuse() {
        if (backoff.isLoop()) {
            refuseWaiting(new Refusal(Reason.CRASH_LOOP, crashLoop()));
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

    /** Without the lock. */
    private void unitEnded(Member member, Unit unit, String how) {
        tellUsage(unit);
        // Where we ended it, who did so tells.
        if (!lock.get(() -> member.isEnding)) {
            listener.ended(unit.id(), true, how);
            crashed(member, how);
        }
    }

    // ---- Ends.

    private void end(Member member, String why) {
        member.isEnding = true;
        Unit unit = Objects.requireNonNull(member.unit);
        Thread.ofVirtual().name("end-" + unit.id()).start(() -> end(member, unit, why));
    }

    /** Without the lock. */
    private void end(Member member, Unit unit, String why) {
        unit.end();
        tellUsage(unit);
        listener.ended(unit.id(), false, why);
        lock.run(() -> gone(member));
    }

    private void gone(Member member) {
        members.remove(member);
        lock.signal();
        if (backoff.crashes() > 0) {
            isWell();
        }
        if (!waiting.isEmpty()) {
            startIfNeeded("requests wait and there is room now");
        }
        keepWanted();
        closeIfDone();
    }

    private void isWell() {
        backoff.isWell();
        lock.defer(listener::recovered);
    }

    private void checkIdleLater() {
        ScheduledFuture<?> unused =
                timer.schedule(
                        () -> lock.run(this::endIdle), scaling.idleMillis(), TimeUnit.MILLISECONDS);
    }

    private void endIdle() {
        long idleNanos = TimeUnit.MILLISECONDS.toNanos(scaling.idleMillis());
        long now = System.nanoTime();
        long surplus = members.stream().filter(member -> !member.isEnding).count() - kept();
        for (Member member : List.copyOf(members)) {
            if (surplus > 0
                    && member.isReady()
                    && member.active == 0
                    && now - member.idleSinceNanos >= idleNanos) {
                end(member, "no request for " + scaling.idleMillis() + " ms");
                surplus--;
            }
        }
    }

    private int kept() {
        return isRetired ? 0 : scaling.kept();
    }

    private void keepWanted() {
        long missing = kept() - members.stream().filter(member -> !member.isEnding).count();
        for (long i = 0; i < missing; i++) {
            startOne("the service keeps " + kept() + " instances");
        }
    }

    /** Starts what is to run without requests. */
    void begin() {
        lock.run(this::keepWanted);
    }

    @Override
    public void scale(Scaling newScaling) {
        lock.run(
                () -> {
                    scaling = newScaling;
                    keepWanted();
                    checkIdleLater();
                });
    }

    @Override
    public List<RunningInstance> instances() {
        return lock.get(
                () -> members.stream().filter(m -> m.unit != null).map(Fleet::view).toList());
    }

    private static RunningInstance view(Member member) {
        Unit unit = Objects.requireNonNull(member.unit);
        return new RunningInstance(
                unit.id(), member.startedAt, member.active, unit.used().memoryBytes());
    }

    /**
     * Requests that still come, because they were led here a moment ago, are served; then all ends.
     */
    @Override
    public void retire() {
        lock.run(
                () -> {
                    isRetired = true;
                    for (Member member : List.copyOf(members)) {
                        if (member.isReady() && member.active == 0) {
                            end(member, "a newer revision serves");
                        }
                    }
                    closeIfDone();
                });
    }

    private void closeIfDone() {
        if (isRetired && members.isEmpty() && waiting.isEmpty() && !isClosed) {
            isClosed = true;
            lock.defer(prepared::close);
        }
    }

    boolean isClosed() {
        return lock.get(() -> isClosed);
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
        lock.await(() -> members.stream().noneMatch(member -> member.active > 0), deadlineNanos);
    }

    /** Ends all instances now, also those with requests, and waits for that. */
    void close() {
        takeNoMore();
        lock.run(
                () ->
                        members.stream()
                                .filter(Member::isReady)
                                .toList()
                                .forEach(member -> end(member, "the cloud is shut down")));
        lock.await(
                () -> members.stream().noneMatch(member -> member.unit != null),
                System.nanoTime() + LAST_WORDS_NANOS);
        prepared.close();
    }

    // ---- Usage.

    void tellUsage() {
        List<Unit> units =
                lock.get(
                        () -> {
                            long now = System.nanoTime();
                            if (backoff.crashes() > 0
                                    && members.stream().anyMatch(one -> hasLived(one, now))) {
                                isWell();
                            }
                            return members.stream()
                                    .map(member -> member.unit)
                                    .filter(Objects::nonNull)
                                    .toList();
                        });
        units.forEach(this::tellUsage);
    }

    private static boolean hasLived(Member member, long now) {
        return member.isReady() && now - member.startedNanos > WELL_NANOS;
    }

    private void tellUsage(Unit unit) {
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
