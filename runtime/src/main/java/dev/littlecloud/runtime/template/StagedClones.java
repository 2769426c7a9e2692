package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.task.Crowd;
import dev.littlecloud.machine.MachineException;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.host.ShortTurns;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Clones that wait, made and with the pages in place that a request touches, for the next requests of
 * services that were used lately: as many as these were asked for at once ({@link Bursts}), within
 * what the host can spare ({@link StagingRoom}, {@link Allotment}). One thread makes them when there is
 * nothing better to do, {@code staged-clones}, and looks now and then whether they are still worth it.
 * It also makes the models that templates want.
 */
public final class StagedClones {
    private static final System.Logger LOG = System.getLogger(StagedClones.class.getName());

    /** The staged clones of this process. */
    public static final StagedClones SHARED = new StagedClones();

    /** How many there may be, unless {@link #keep} says otherwise. */
    public static final int MOST = 256;

    /** Making one takes the processor from clones that start, so it waits until none has. */
    private static final long REST_NANOS = 20_000_000;

    /**
     * Where at least half of what a service should have is there, none is made while its requests
     * come: not before none has for this time.
     */
    private static final long CALM_NANOS = 1_000_000_000;

    /** It also waits while more programs run than there are processors, but not for longer than this. */
    private static final long MOST_REST_NANOS = 1_000_000_000;

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** How often it is seen to that the host can still spare them, and what is missing is made. */
    private static final long LOOK_MILLIS = 10_000;

    /** About how long a start keeps processors busy. */
    private static final long START_NANOS = 5_000_000;

    /** So often one that is made gives way to a start. */
    private static final int GIVEN_WAYS = 4;

    /** Templates that were used lately, and what is ready of them. */
    private final Map<FrozenTemplate, Place> places = new HashMap<>();

    /** Templates that want another model. */
    private final Set<FrozenTemplate> learners = new LinkedHashSet<>();

    private final long begunMillis = System.currentTimeMillis();
    private int most = MOST;
    private volatile long lastStart;
    private long uses;
    private @Nullable Thread maker;

    /** The maker waits for something to do. */
    private boolean isIdle;

    /** Room for clones of a template. */
    private static final class Place {
        /** Uses in this process count from 1; those before it have the time until then, negative. */
        long lastUse;

        final Deque<StillClone> clones = new ArrayDeque<>();

        /** How many there may be. */
        int allotted;

        /** One could not be made; not tried again before the template is used again. */
        boolean failed;

        Place(long lastUse) {
            this.lastUse = lastUse;
        }

        boolean isMissingSome() {
            return clones.size() < allotted && !failed;
        }

        /** Whether the next requests may find none. */
        boolean isShort() {
            return clones.size() * 2 < allotted && !failed;
        }
    }

    private StagedClones() {}

    /** How many there may be; others are given back now. */
    public void keep(int count) {
        synchronized (this) {
            most = count;
        }
        allot();
        synchronized (this) {
            wakeMaker();
        }
    }

    /** How many there are. */
    public synchronized int ready() {
        return places.values().stream().mapToInt(place -> place.clones.size()).sum();
    }

    /** Whether none is being made, nor will be until some are used or a while has passed. */
    public synchronized boolean isSettled() {
        return isIdle;
    }

    /** How many there are of a template. */
    synchronized int ready(FrozenTemplate template) {
        Place place = places.get(template);
        return place == null ? 0 : place.clones.size();
    }

    /**
     * One of a template, if there is one: the one that was made last, of which the host has most at
     * hand. Another one will be made.
     */
    synchronized @Nullable StillClone take(FrozenTemplate template) {
        Place place = places.computeIfAbsent(template, _ -> new Place(0));
        place.lastUse = ++uses;
        place.failed = false;
        isStarting();
        StillClone taken = place.clones.pollLast();
        if (taken == null || place.isShort()) {
            // Who would be woken for less takes the processor from this start.
            wakeMaker();
        }
        return taken;
    }

    /** A clone is being started, of whichever template: the processor is for that. */
    void isStarting() {
        lastStart = System.nanoTime();
    }

    /**
     * A template was used before this process began, and may be again.
     *
     * @param lastUseMillis since the epoch
     */
    synchronized void expect(FrozenTemplate template, long lastUseMillis) {
        places.putIfAbsent(template, new Place(Math.min(lastUseMillis - begunMillis, 0)));
        wakeMaker();
    }

    /** Has another model of a template made. */
    synchronized void improve(FrozenTemplate template) {
        if (learners.add(template)) {
            isStarting();
            wakeMaker();
        }
    }

    /** Something else is wanted of a template than before. */
    synchronized void look() {
        if (!places.isEmpty()) {
            wakeMaker();
        }
    }

    /** Lets clones start that are to, while one is made ahead; does not wait for ever. */
    void giveWay() {
        for (int i = 0; i < GIVEN_WAYS; i++) {
            long left = START_NANOS - (System.nanoTime() - lastStart);
            if (left <= 0) {
                return;
            }
            LockSupport.parkNanos(left);
        }
    }

    private void wakeMaker() {
        if (maker == null) {
            maker = Thread.ofPlatform().daemon().name("staged-clones").start(this::make);
        } else if (isIdle) {
            isIdle = false;
            notifyAll();
        }
    }

    /** A template is given up. */
    void forget(FrozenTemplate template) {
        Place place;
        synchronized (this) {
            learners.remove(template);
            place = places.remove(template);
        }
        if (place != null) {
            place.clones.forEach(StillClone::close);
        }
    }

    /** Gives all back, for want of memory or machines; answers whether there were any. */
    boolean clear() {
        List<StillClone> all = new ArrayList<>();
        synchronized (this) {
            for (Place place : places.values()) {
                all.addAll(place.clones);
                place.clones.clear();
                place.failed = true;
            }
        }
        all.forEach(StillClone::close);
        return !all.isEmpty();
    }

    /** Shares out the room that there is now. What has none any more is given back. */
    private void allot() {
        StagingRoom room = StagingRoom.ofHost();
        List<StillClone> surplus = new ArrayList<>();
        synchronized (this) {
            long now = System.currentTimeMillis();
            List<Entry<FrozenTemplate, Place>> byUse = new ArrayList<>(places.entrySet());
            byUse.sort(Comparator.comparingLong(entry -> -entry.getValue().lastUse));
            List<Allotment.Wish> wishes = new ArrayList<>();
            long heldBytes = 0;
            for (Entry<FrozenTemplate, Place> each : byUse) {
                Allotment.Wish wish = each.getKey().wish(now);
                wishes.add(wish);
                heldBytes += wish.bytesEach() * each.getValue().clones.size();
            }
            int[] counts =
                    Allotment.of(wishes, Math.min(most, room.clones()), room.bytes(heldBytes));
            for (int i = 0; i < counts.length; i++) {
                Place place = byUse.get(i).getValue();
                place.allotted = counts[i];
                while (place.clones.size() > place.allotted) {
                    surplus.add(place.clones.remove());
                }
            }
        }
        surplus.forEach(StillClone::close);
    }

    private void make() {
        ShortTurns.leaveToOthers();
        while (true) {
            try {
                awaitRest();
                allot();
                FrozenTemplate template = awaitWork();
                if (template != null) {
                    work(template);
                }
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    private void work(FrozenTemplate template) {
        template.keepBursts();
        boolean isLearner = takeLearner(template);
        if (isLearner || !template.isWorthStaging()) {
            improved(template);
        }
        if (!isLearner) {
            StillClone made = template.isWorthStaging() ? stage(template) : null;
            if (made == null) {
                hasFailed(template);
            } else if (!isPlaced(template, made)) {
                made.close();
            }
        }
    }

    private synchronized boolean takeLearner(FrozenTemplate template) {
        return learners.remove(template);
    }

    private void improved(FrozenTemplate template) {
        try {
            if (!HostMemory.isScarce() && template.improve()) {
                // They know less than what is made from now on, and keep the former model's memory.
                giveBack(template);
            }
        } catch (InstanceException | MachineException refused) {
            LOG.log(System.Logger.Level.WARNING, "clones keep the model they have", refused);
        }
    }

    private void giveBack(FrozenTemplate template) {
        Collection<StillClone> former;
        synchronized (this) {
            Place place = places.get(template);
            former = place == null ? List.of() : List.copyOf(place.clones);
            if (place != null) {
                place.clones.clear();
            }
        }
        former.forEach(StillClone::close);
    }

    private static @Nullable StillClone stage(FrozenTemplate template) {
        try {
            return template.stage();
        } catch (InstanceException | MachineException refused) {
            LOG.log(System.Logger.Level.WARNING, "no clone can be made ahead", refused);
            return null;
        }
    }

    /** Keeps a clone that was made, if there still is room for it. */
    private synchronized boolean isPlaced(FrozenTemplate template, StillClone made) {
        Place place = places.get(template);
        if (place == null || !place.isMissingSome()) {
            return false;
        }
        place.clones.add(made);
        return true;
    }

    private synchronized void hasFailed(FrozenTemplate template) {
        Place place = places.get(template);
        if (place != null) {
            place.failed = true;
        }
    }

    private synchronized void awaitRest() throws InterruptedException {
        for (long rest = restNanos(); rest > 0; rest = restNanos()) {
            wait(rest / NANOS_PER_MILLI + 1);
        }
    }

    private long restNanos() {
        long passed = System.nanoTime() - lastStart;
        boolean isBurst = Crowd.isThere() && passed < MOST_REST_NANOS;
        return REST_NANOS - (isBurst ? 0 : passed);
    }

    /** What there is to do now; null where time has passed, and it is to be looked at anew. */
    private synchronized @Nullable FrozenTemplate awaitWork() throws InterruptedException {
        long left = CALM_NANOS - (System.nanoTime() - lastStart);
        Optional<FrozenTemplate> next = next(left <= 0);
        if (next.isEmpty()) {
            boolean isAnyLater = left > 0 && next(true).isPresent();
            idle(isAnyLater ? left / NANOS_PER_MILLI + 1 : LOOK_MILLIS);
        }
        return next.orElse(null);
    }

    /** The lock is held. */
    private void idle(long millis) throws InterruptedException {
        isIdle = true;
        long begin = System.nanoTime();
        for (long left = millis; isIdle && left > 0; ) {
            wait(places.isEmpty() ? 0 : left);
            left = millis - (System.nanoTime() - begin) / NANOS_PER_MILLI;
        }
        isIdle = false;
    }

    /**
     * Services without any come first, then those with less than half, then those that were used last.
     *
     * @param isCalm whether there is time for those that have half or more, too
     */
    private Optional<FrozenTemplate> next(boolean isCalm) {
        if (!learners.isEmpty()) {
            return Optional.of(learners.iterator().next());
        }
        Comparator<Entry<FrozenTemplate, Place>> byNeed =
                Comparator.comparing(entry -> entry.getValue().clones.isEmpty());
        return places.entrySet().stream()
                .filter(entry -> entry.getValue().isMissingSome())
                .filter(entry -> isCalm || entry.getValue().isShort())
                .filter(entry -> entry.getKey().hasLearned())
                .max(
                        byNeed.thenComparing(entry -> entry.getValue().isShort())
                                .thenComparingLong(entry -> entry.getValue().lastUse))
                .map(Entry::getKey);
    }
}
