package dev.littlecloud.node;

import dev.littlecloud.control.WorkloadException;
import dev.littlecloud.control.Workloads.Order;
import dev.littlecloud.gateway.service.Backend;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Starts nothing; what it pretends to start waits for the test where that is wanted. */
final class FakeLauncher implements Launcher {
    final List<FakeUnit> units = new CopyOnWriteArrayList<>();
    final AtomicInteger startsAsked = new AtomicInteger();

    /** Taken from for each start; when it is empty and {@link #isHeld}, the start waits. */
    final BlockingQueue<String> starts = new LinkedBlockingQueue<>();

    volatile boolean isHeld;
    volatile boolean isBroken;
    volatile boolean isClosed;

    static final class FakeUnit implements Unit {
        private final String id;
        private final UnitListener listener;
        private final Backend backend;
        volatile boolean hasEnded;

        FakeUnit(int number, UnitListener listener) {
            this.id = "u" + number;
            this.listener = listener;
            this.backend = new Backend.Host(new InetSocketAddress("127.0.0.1", number));
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
        public void end() {
            hasEnded = true;
            listener.ended("signal 9 ended its program");
        }
    }

    /** Lets a start that waits go on. */
    void letStart() {
        starts.add("go");
    }

    List<FakeUnit> running() {
        return units.stream().filter(unit -> !unit.hasEnded).toList();
    }

    @Override
    public Prepared prepare(Order order) {
        return new Prepared() {
            @Override
            public Unit start(UnitListener listener)
                    throws WorkloadException, InterruptedException {
                int number = startsAsked.incrementAndGet();
                if (isHeld) {
                    starts.take();
                }
                if (isBroken) {
                    throw new WorkloadException("it ended with 1 before it listened");
                }
                FakeUnit unit = new FakeUnit(number, listener);
                units.add(unit);
                return unit;
            }

            @Override
            public void close() {
                isClosed = true;
            }
        };
    }
}
