package dev.littlecloud.node;

import dev.littlecloud.control.WorkloadException;
import dev.littlecloud.control.WorkloadListener;
import dev.littlecloud.control.Workloads.Order;
import dev.littlecloud.control.Workloads.RunningInstance;
import dev.littlecloud.control.Workloads.Workload;
import dev.littlecloud.control.model.Scaling;
import dev.littlecloud.control.model.ServiceSpec;
import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.gateway.service.Lease;
import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.service.ServiceSettings;
import dev.littlecloud.node.Launcher.Prepared;
import dev.littlecloud.node.Launcher.Unit;
import dev.littlecloud.node.Launcher.UnitListener;
import dev.littlecloud.node.Launcher.Used;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** The instances of one revision: as many as its requests need. */
final class Fleet implements Service, Workload {
    /** Who lives so long is well, whatever was before. */
    private static final long WELL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Order order;
    private final Prepared prepared;
    private final WorkloadListener listener;
    private final ScheduledExecutorService timer;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final List<Member> members = new ArrayList<>();
    private final Deque<CompletableFuture<Lease>> waiting = new ArrayDeque<>();
    private final List<Runnable> afterwards = new ArrayList<>();
    private final Backoff backoff = new Backoff();
    private Scaling scaling;
    private boolean isRetired;
    private boolean isClosed;
    private String lastCrash = "";

    Fleet(
            Order order,
            Prepared prepared,
            WorkloadListener listener,
            ScheduledExecutorService timer) {
        this.order = order;
        this.prepared = prepared;
        this.listener = listener;
        this.timer = timer;
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
        return Settings.of(order.spec().withScaling(scaling()));
    }

    private Scaling scaling() {
        lock.lock();
        try {
            return scaling;
        } finally {
            unlock();
        }
    }

    /** Gives the lock back, and then does what was put off because it leads elsewhere. */
    private void unlock() {
        List<Runnable> actions = List.of();
        if (lock.getHoldCount() == 1 && !afterwards.isEmpty()) {
            actions = List.copyOf(afterwards);
            afterwards.clear();
        }
        lock.unlock();
        actions.forEach(Runnable::run);
    }

    private boolean isOneRequestEach() {
        return scaling.isolation().equals("request");
    }

    private int soft() {
        return isOneRequestEach() ? 1 : scaling.softConcurrency();
    }

    private int hard() {
        return isOneRequestEach() ? 1 : scaling.hardConcurrency();
    }

    // ---- Requests.

    @Override
    public CompletableFuture<Lease> acquire() {
        CompletableFuture<Lease> place = new CompletableFuture<>();
        lock.lock();
        try {
            Optional<Refusal> refusal = refusal();
            if (refusal.isPresent()) {
                place.completeExceptionally(refusal.get());
                return place;
            }
            Optional<Member> least = leastBusy();
            if (least.isEmpty() || least.get().active >= soft()) {
                startIfAllowed("a request came and there was no room in another instance");
            }
            if (least.isPresent() && least.get().active < hard()) {
                place.complete(lease(least.get()));
            } else {
                waiting.add(place);
            }
            return place;
        } finally {
            unlock();
        }
    }

    private Optional<Refusal> refusal() {
        if (isClosed) {
            return Optional.of(
                    new Refusal(Reason.ENDING, "the service '" + name() + "' is ending"));
        }
        if (members.isEmpty() && backoff.pauseNanos(System.nanoTime()) > 0 && backoff.isLoop()) {
            return Optional.of(new Refusal(Reason.CRASH_LOOP, crashLoop()));
        }
        return Optional.empty();
    }

    private Optional<Member> leastBusy() {
        return members.stream()
                .filter(Member::isReady)
                .min(Comparator.comparingInt(member -> member.active));
    }

    private Lease lease(Member member) {
        member.active++;
        if (isOneRequestEach()) {
            member.isEnding = true;
        }
        Backend backend = Objects.requireNonNull(member.unit).backend();
        return new Lease() {
            private boolean isReleased;

            @Override
            public Backend backend() {
                return backend;
            }

            @Override
            public void release() {
                lock.lock();
                try {
                    if (!isReleased) {
                        isReleased = true;
                        released(member);
                    }
                } finally {
                    unlock();
                }
            }
        };
    }

    private void released(Member member) {
        member.active--;
        if (!member.isEnding) {
            serveWaiting();
        }
        if (member.active == 0) {
            member.idleSinceNanos = System.nanoTime();
            if (member.isEnding) {
                end(member, isOneRequestEach() ? "its request is done" : "nobody needs it");
            } else if (isRetired) {
                end(member, "a newer revision serves");
            } else {
                checkIdleLater();
            }
        }
    }

    private void serveWaiting() {
        while (!waiting.isEmpty()) {
            Optional<Member> least = leastBusy();
            if (least.isEmpty() || least.get().active >= hard()) {
                return;
            }
            CompletableFuture<Lease> place = waiting.remove();
            if (!place.isDone()) {
                Lease lease = lease(least.get());
                afterwards.add(() -> give(place, lease));
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

    private void startIfAllowed(String why) {
        long starting =
                members.stream().filter(member -> member.unit == null && !member.isEnding).count();
        // One that starts will take as many of those who wait as it may have.
        boolean isEnough = starting * soft() > waiting.size();
        if (isEnough || members.size() >= scaling.max() || isClosed) {
            return;
        }
        Member member = new Member();
        members.add(member);
        long pause = backoff.pauseNanos(System.nanoTime());
        Runnable start = () -> Thread.ofVirtual().name("start-" + name()).start(() -> start(member, why));
        if (pause == 0) {
            start.run();
        } else {
            ScheduledFuture<?> unused = timer.schedule(start, pause, TimeUnit.NANOSECONDS);
        }
    }

    private void start(Member member, String why) {
        member.startedNanos = System.nanoTime();
        UnitEvents events = new UnitEvents(member);
        try {
            Unit unit = prepared.start(events);
            listener.started(unit.id(), why);
            ready(member, unit, events);
        } catch (WorkloadException failure) {
            crashed(member, String.valueOf(failure.getMessage()));
        } catch (InterruptedException stop) {
            crashed(member, "the start was interrupted");
        } catch (RuntimeException defect) {
            crashed(member, "internal error: " + defect);
        }
    }

    private void ready(Member member, Unit unit, UnitEvents events) {
        boolean isTooLate;
        lock.lock();
        try {
            member.unit = unit;
            member.idleSinceNanos = System.nanoTime();
            isTooLate = isClosed;
            if (!isTooLate) {
                serveWaiting();
                checkIdleLater();
            }
        } finally {
            unlock();
        }
        events.isKnown(unit);
        if (isTooLate) {
            lock.lock();
            try {
                end(member, "the service ends");
            } finally {
                unlock();
            }
        }
    }

    private String crashLoop() {
        return "the program of '"
                + name()
                + "' ended "
                + backoff.crashes()
                + " times in a row, last because "
                + lastCrash;
    }

    /** A start failed, or an instance ended by itself. */
    private void crashed(Member member, String reason) {
        List<CompletableFuture<Lease>> refused = new ArrayList<>();
        String loop = "";
        lock.lock();
        try {
            members.remove(member);
            lastCrash = reason;
            long now = System.nanoTime();
            backoff.crashed(now, now - member.startedNanos);
            if (members.stream().noneMatch(other -> !other.isEnding)) {
                // A request is tried with one more instance, and not for ever.
                if (backoff.isLoop()) {
                    refused.addAll(waiting);
                    waiting.clear();
                } else if (!waiting.isEmpty()) {
                    startIfAllowed("the one before it crashed and requests wait");
                }
            }
            if (backoff.isLoop()) {
                loop = crashLoop();
            }
            keepWanted();
        } finally {
            unlock();
        }
        if (!loop.isEmpty()) {
            listener.crashLoop(loop);
            Refusal refusal = new Refusal(Reason.CRASH_LOOP, loop);
            refused.forEach(place -> place.completeExceptionally(refusal));
        }
    }

    /** What an instance tells, some of it before its start has returned. */
    private final class UnitEvents implements UnitListener {
        private final Member member;
        private final CompletableFuture<Unit> known = new CompletableFuture<>();

        UnitEvents(Member member) {
            this.member = member;
        }

        void isKnown(Unit unit) {
            known.complete(unit);
        }

        @Override
        public void output(boolean isError, byte[] bytes) {
            Unit unit = known.getNow(null);
            if (unit != null) {
                listener.output(unit.id(), isError, bytes);
            } else {
                CompletableFuture<Void> unused =
                        known.thenAccept(
                                later -> listener.output(later.id(), isError, bytes));
            }
        }

        @Override
        public void ended(String how) {
            CompletableFuture<Void> unused =
                    known.thenAcceptAsync(
                            unit -> unitEnded(member, unit, how),
                            task -> Thread.ofVirtual().start(task));
        }
    }

    private void unitEnded(Member member, Unit unit, String how) {
        boolean wasEnding;
        lock.lock();
        try {
            wasEnding = member.isEnding;
        } finally {
            unlock();
        }
        tellUsage(unit);
        if (wasEnding) {
            // Its end is told by who ended it.
            return;
        }
        listener.ended(unit.id(), true, how);
        crashed(member, how);
    }

    // ---- Ends.

    /** Under the lock. */
    private void end(Member member, String why) {
        member.isEnding = true;
        Unit unit = Objects.requireNonNull(member.unit);
        Thread.ofVirtual()
                .name("end-" + unit.id())
                .start(
                        () -> {
                            unit.end();
                            tellUsage(unit);
                            listener.ended(unit.id(), false, why);
                            gone(member);
                        });
    }

    private void gone(Member member) {
        lock.lock();
        try {
            members.remove(member);
            if (backoff.crashes() > 0) {
                isWell();
            }
            if (!waiting.isEmpty()) {
                startIfAllowed("requests wait and there is room now");
            }
            keepWanted();
            closeIfDone();
        } finally {
            unlock();
        }
    }

    /** Under the lock. */
    private void isWell() {
        backoff.isWell();
        afterwards.add(listener::recovered);
    }

    private void checkIdleLater() {
        ScheduledFuture<?> unused =
                timer.schedule(this::endIdle, scaling.idleMillis(), TimeUnit.MILLISECONDS);
    }

    private void endIdle() {
        lock.lock();
        try {
            long idleNanos = TimeUnit.MILLISECONDS.toNanos(scaling.idleMillis());
            long now = System.nanoTime();
            long surplus = members.stream().filter(m -> !m.isEnding).count() - kept();
            for (Member member : List.copyOf(members)) {
                if (surplus > 0
                        && member.isReady()
                        && member.active == 0
                        && now - member.idleSinceNanos >= idleNanos) {
                    end(member, "no request for " + scaling.idleMillis() + " ms");
                    surplus--;
                }
            }
        } finally {
            unlock();
        }
    }

    private int kept() {
        return isRetired ? 0 : scaling.kept();
    }

    /** Starts what is to run without requests. */
    void keepWanted() {
        lock.lock();
        try {
            while (!isClosed && members.stream().filter(m -> !m.isEnding).count() < kept()) {
                int before = members.size();
                startIfAllowed("the service keeps " + kept() + " instances");
                if (members.size() == before) {
                    return;
                }
            }
        } finally {
            unlock();
        }
    }

    @Override
    public void scale(Scaling newScaling) {
        lock.lock();
        try {
            scaling = newScaling;
            keepWanted();
            checkIdleLater();
        } finally {
            unlock();
        }
    }

    @Override
    public List<RunningInstance> instances() {
        lock.lock();
        try {
            List<RunningInstance> running = new ArrayList<>();
            for (Member member : members) {
                Unit unit = member.unit;
                if (unit != null) {
                    running.add(
                            new RunningInstance(
                                    unit.id(),
                                    member.startedAt,
                                    member.active,
                                    unit.used().memoryBytes()));
                }
            }
            return running;
        } finally {
            unlock();
        }
    }

    /**
     * Requests that still come, because they were led here a moment ago, are served; then all ends.
     */
    @Override
    public void retire() {
        lock.lock();
        try {
            isRetired = true;
            for (Member member : List.copyOf(members)) {
                if (member.isReady() && member.active == 0) {
                    end(member, "a newer revision serves");
                }
            }
            closeIfDone();
        } finally {
            unlock();
        }
    }

    private void closeIfDone() {
        if (isRetired && members.isEmpty() && waiting.isEmpty() && !isClosed) {
            isClosed = true;
            prepared.close();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return isClosed;
        } finally {
            unlock();
        }
    }

    /** Ends all instances now, also those with requests. */
    void close() {
        List<Unit> units = new ArrayList<>();
        lock.lock();
        try {
            isRetired = true;
            isClosed = true;
            for (Member member : members) {
                if (member.unit != null && !member.isEnding) {
                    member.isEnding = true;
                    units.add(member.unit);
                }
            }
        } finally {
            unlock();
        }
        for (Unit unit : units) {
            unit.end();
            tellUsage(unit);
            listener.ended(unit.id(), false, "the cloud is shut down");
        }
        prepared.close();
    }

    // ---- Usage.

    void tellUsage() {
        lock.lock();
        List<Unit> units;
        try {
            long now = System.nanoTime();
            if (backoff.crashes() > 0
                    && members.stream().anyMatch(m -> m.isReady() && now - m.startedNanos > WELL_NANOS)) {
                isWell();
            }
            units = members.stream().map(m -> m.unit).filter(Objects::nonNull).toList();
        } finally {
            unlock();
        }
        units.forEach(this::tellUsage);
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
