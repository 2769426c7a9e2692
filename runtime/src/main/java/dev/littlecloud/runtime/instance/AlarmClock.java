package dev.littlecloud.runtime.instance;

import java.util.PriorityQueue;

/**
 * Calls instances back when their next timer is due: one thread for the whole process, so that an
 * idle instance needs none.
 */
final class AlarmClock {
    static final AlarmClock SHARED = new AlarmClock();

    private static final System.Logger LOG = System.getLogger(AlarmClock.class.getName());

    /** One instance's place in the clock; it is set for at most one time. */
    static final class Alarm implements Comparable<Alarm> {
        private final Runnable action;
        private long at;
        private boolean set;

        Alarm(Runnable action) {
            this.action = action;
        }

        @Override
        public int compareTo(Alarm other) {
            return Long.compare(at, other.at);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    private boolean started;

    private AlarmClock() {}

    /** Sets an alarm for a time of {@link System#nanoTime}, unless it rings earlier anyway. */
    synchronized void set(Alarm alarm, long at) {
        if (alarm.set && alarm.at <= at) {
            return;
        }
        clear(alarm);
        alarm.at = at;
        alarm.set = true;
        alarms.add(alarm);
        if (!started) {
            started = true;
            Thread.ofPlatform().daemon().name("alarm-clock").start(this::loop);
        } else if (alarms.peek() == alarm) {
            notifyAll();
        }
    }

    synchronized void clear(Alarm alarm) {
        if (alarm.set) {
            alarm.set = false;
            alarms.remove(alarm);
        }
    }

    private void loop() {
        while (true) {
            try {
                next().action.run();
            } catch (InterruptedException stop) {
                return;
            } catch (RuntimeException | Error problem) {
                // One instance's trouble must not end the others' timers.
                LOG.log(System.Logger.Level.WARNING, "alarm clock", problem);
            }
        }
    }

    private synchronized Alarm next() throws InterruptedException {
        while (true) {
            Alarm first = alarms.peek();
            if (first == null) {
                wait();
                continue;
            }
            long left = first.at - System.nanoTime();
            if (left <= 0) {
                clear(first);
                return first;
            }
            wait(left / NANOS_PER_MILLI, (int) (left % NANOS_PER_MILLI));
        }
    }
}
