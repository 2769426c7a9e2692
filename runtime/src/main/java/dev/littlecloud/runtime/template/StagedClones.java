package dev.littlecloud.runtime.template;

import dev.littlecloud.machine.MachineException;
import dev.littlecloud.runtime.InstanceException;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Clones that wait, made and with the pages in place that a request touches, for the next request of
 * services that were used lately: one for each of these, and no more than a few on the host. The one
 * that was not used for the longest time goes first, and all go when the host is short of memory.
 * One thread makes them when there is nothing better to do, {@code staged-clones}. It also makes the
 * models that templates want.
 */
public final class StagedClones {
    private static final System.Logger LOG = System.getLogger(StagedClones.class.getName());

    /** The staged clones of this process. */
    public static final StagedClones SHARED = new StagedClones();

    /** How many there may be, unless {@link #keep} says otherwise. */
    public static final int MOST = 16;

    /** Making one takes the processor from clones that start, so it waits until none has. */
    private static final long REST_NANOS = 20_000_000;

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Templates that were used lately, and what is ready of them. */
    private final Map<FrozenTemplate, Place> places = new HashMap<>();

    /** Templates that want another model. */
    private final Set<FrozenTemplate> learners = new LinkedHashSet<>();

    private final long begunMillis = System.currentTimeMillis();
    private int most = MOST;
    private long lastStart;
    private long uses;
    private @Nullable Thread maker;

    /** Room for one clone. */
    private static final class Place {
        /** Uses in this process count from 1; those before it have the time until then, negative. */
        final long lastUse;

        @Nullable StillClone clone;

        /** It could not be made; not tried again before the template is used again. */
        boolean failed;

        Place(long lastUse) {
            this.lastUse = lastUse;
        }
    }

    private StagedClones() {}

    /** How many there may be; others are given back now. */
    public synchronized void keep(int count) {
        most = count;
        shrink();
    }

    /** How many there are. */
    public synchronized int ready() {
        int ready = 0;
        for (Place place : places.values()) {
            ready += place.clone == null ? 0 : 1;
        }
        return ready;
    }

    /** Whether there is one of a template. */
    synchronized boolean isReady(FrozenTemplate template) {
        Place place = places.get(template);
        return place != null && place.clone != null;
    }

    /** One of a template, if there is one. Another one will be made. */
    synchronized @Nullable StillClone take(FrozenTemplate template) {
        Place place = places.remove(template);
        StillClone taken = place == null ? null : place.clone;
        places.put(template, new Place(++uses));
        lastStart = System.nanoTime();
        wakeMaker();
        return taken;
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
            lastStart = System.nanoTime();
            wakeMaker();
        }
    }

    private void wakeMaker() {
        if (maker == null) {
            maker = Thread.ofPlatform().daemon().name("staged-clones").start(this::make);
        }
        notifyAll();
    }

    /** A template is given up. */
    synchronized void forget(FrozenTemplate template) {
        learners.remove(template);
        close(places.remove(template));
    }

    /** Gives all back, for want of memory or machines; answers whether there were any. */
    synchronized boolean clear() {
        boolean some = ready() > 0;
        places.values().forEach(StagedClones::close);
        places.clear();
        return some;
    }

    private void shrink() {
        while (places.size() > most) {
            FrozenTemplate oldest = Collections.min(places.keySet(), byLastUse());
            close(places.remove(oldest));
        }
    }

    private Comparator<FrozenTemplate> byLastUse() {
        return Comparator.comparingLong(template -> at(template).lastUse);
    }

    private Place at(FrozenTemplate template) {
        return Objects.requireNonNull(places.get(template));
    }

    private static void close(@Nullable Place place) {
        if (place != null && place.clone != null) {
            place.clone.close();
        }
    }

    private void make() {
        while (true) {
            try {
                FrozenTemplate template = awaitMissing();
                boolean isLearner = takeLearner(template);
                if (isLearner || !template.isWorthStaging()) {
                    improved(template);
                }
                if (!isLearner) {
                    boolean isWorthIt = template.isWorthStaging() && !HostMemory.isScarce();
                    put(template, isWorthIt ? stage(template) : null);
                }
            } catch (InterruptedException stop) {
                return;
            }
        }
    }

    private synchronized boolean takeLearner(FrozenTemplate template) {
        return learners.remove(template);
    }

    private static void improved(FrozenTemplate template) {
        try {
            if (!HostMemory.isScarce()) {
                template.improve();
            }
        } catch (InstanceException | MachineException refused) {
            LOG.log(System.Logger.Level.WARNING, "clones keep the model they have", refused);
        }
    }

    private static @Nullable StillClone stage(FrozenTemplate template) {
        try {
            return template.stage();
        } catch (InstanceException | MachineException refused) {
            LOG.log(System.Logger.Level.WARNING, "no clone can be made ahead", refused);
            return null;
        }
    }

    private synchronized void put(FrozenTemplate template, @Nullable StillClone made) {
        Place place = places.get(template);
        if (place == null || place.clone != null) {
            close(made);
        } else if (made == null) {
            place.failed = true;
        } else {
            place.clone = made;
        }
        if (HostMemory.isScarce()) {
            clear();
        }
    }

    private static void close(@Nullable StillClone clone) {
        if (clone != null) {
            clone.close();
        }
    }

    private synchronized FrozenTemplate awaitMissing() throws InterruptedException {
        while (true) {
            shrink();
            FrozenTemplate missing = missing();
            if (missing == null) {
                wait();
                continue;
            }
            long rest = lastStart + REST_NANOS - System.nanoTime();
            if (rest <= 0) {
                return missing;
            }
            wait(rest / NANOS_PER_MILLI + 1);
        }
    }

    private @Nullable FrozenTemplate missing() {
        if (!learners.isEmpty()) {
            return learners.iterator().next();
        }
        return places.keySet().stream()
                .filter(template -> at(template).clone == null && !at(template).failed)
                .filter(FrozenTemplate::hasLearned)
                .max(byLastUse())
                .orElse(null);
    }
}
