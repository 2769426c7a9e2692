package dev.littlecloud.node;

import dev.littlecloud.control.WorkloadException;
import dev.littlecloud.control.Workloads.Order;
import dev.littlecloud.control.Workloads.RevisionName;
import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.runtime.network.Neighbours;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Starts nothing; what it pretends to start waits for the test where that is wanted. */
final class FakeLauncher implements Launcher {
    final List<FakeUnit> units = new CopyOnWriteArrayList<>();
    final AtomicInteger startsAsked = new AtomicInteger();

    /** Taken from for each start; when it is empty and {@link #isHeld}, the start waits. */
    final BlockingQueue<String> starts = new LinkedBlockingQueue<>();

    /** How many are made already. */
    final AtomicInteger staged = new AtomicInteger();

    /** Taken from for each program that is asked to end while {@link #isStopHeld}: whether it did. */
    final BlockingQueue<Boolean> stops = new LinkedBlockingQueue<>();

    /** Taken from for each revision that is removed while {@link #isRemovalHeld}. */
    final BlockingQueue<String> removals = new LinkedBlockingQueue<>();

    /** How much the revisions before took for what those took that came in their place. */
    final List<Double> follows = new CopyOnWriteArrayList<>();

    volatile int most;
    volatile boolean isRemovalHeld;
    volatile boolean isStopHeld;
    volatile boolean isHeld;
    volatile boolean isBroken;
    volatile boolean isClosed;

    /** What is to be ended fails. */
    volatile boolean isDefective;

    /** Why nothing can be frozen; null where it can. */
    volatile @Nullable String stuck;

    volatile boolean isStateKept;
    volatile boolean isRemoved;

    final class FakeUnit implements Unit {
        private final int number;
        private String id;
        private UnitListener listener;
        private final Backend backend;
        volatile boolean hasEnded;
        volatile boolean isAsked;
        volatile Duration stopPatience = Duration.ZERO;
        volatile boolean isFrozen;
        volatile long restingNanos = Long.MAX_VALUE;
        private int thaws;

        FakeUnit(int number, UnitListener listener) {
            this.number = number;
            this.id = "u" + number;
            this.listener = listener;
            this.backend = new Backend.Host(new InetSocketAddress("127.0.0.1", number));
        }

        @Override
        public boolean isResumed() {
            return thaws > 0;
        }

        @Override
        public long restingNanos() {
            return restingNanos;
        }

        @Override
        public void freeze() throws WorkloadException {
            String why = stuck;
            if (why != null) {
                throw new WorkloadException(why);
            }
            isStateKept = true;
            isFrozen = true;
        }

        @Override
        public void thaw(UnitListener newListener) throws WorkloadException {
            if (isBroken) {
                throw new WorkloadException("no machine");
            }
            listener = newListener;
            isFrozen = false;
            thaws++;
            id = "u" + number + "." + thaws;
        }

        /** A byte comes on a connection that outlasted the instance. */
        void say() {
            listener.wanted();
        }

        void crash() {
            hasEnded = true;
            listener.ended("its program ended with 139");
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public Backend backend() {
            return backend;
        }

        @Override
        public Used used() {
            return new Used(1, 2, 3, 4, 5, 6);
        }

        @Override
        public boolean stop(Duration patience) throws InterruptedException {
            stopPatience = patience;
            isAsked = true;
            failIfDefective();
            boolean hasListened = !isStopHeld || stops.take();
            end();
            return hasListened;
        }

        @Override
        public void end() {
            failIfDefective();
            if (!hasEnded) {
                hasEnded = true;
                listener.ended("signal 9 ended its program");
            }
        }

        private void failIfDefective() {
            if (isDefective) {
                throw new IllegalStateException("defective");
            }
        }
    }

    /** Lets a start that waits go on. */
    void letStart() {
        starts.add("go");
    }

    List<FakeUnit> running() {
        return units.stream().filter(unit -> !unit.hasEnded && !unit.isFrozen).toList();
    }

    @Override
    public void keepOnly(Set<RevisionName> revisions) {}

    @Override
    public Prepared prepare(Order order, Neighbours neighbours, Consumer<String> lost) {
        return new Prepared() {
            @Override
            public Unit start(UnitListener listener, boolean isStateful)
                    throws WorkloadException, InterruptedException {
                int number = startsAsked.incrementAndGet();
                if (isHeld) {
                    starts.take();
                }
                if (isBroken) {
                    throw new WorkloadException("it ended with 1 before it listened");
                }
                return made(number, listener);
            }

            @Override
            public Optional<Unit> startStaged(UnitListener listener) {
                return staged.getAndUpdate(left -> Math.max(0, left - 1)) > 0
                        ? Optional.of(made(startsAsked.incrementAndGet(), listener))
                        : Optional.empty();
            }

            private FakeUnit made(int number, UnitListener listener) {
                FakeUnit unit = new FakeUnit(number, listener);
                units.add(unit);
                return unit;
            }

            @Override
            public void follow(Prepared before, double requestsEach) {
                follows.add(requestsEach);
            }

            @Override
            public void atMost(int instances) {
                most = instances;
            }

            @Override
            public void forgetState() {
                isStateKept = false;
            }

            @Override
            public void close() {
                isClosed = true;
            }

            @Override
            public void remove() {
                try {
                    if (isRemovalHeld) {
                        removals.take();
                    }
                } catch (InterruptedException stop) {
                    throw new IllegalStateException(stop);
                }
                isRemoved = true;
                isClosed = true;
            }
        };
    }
}
