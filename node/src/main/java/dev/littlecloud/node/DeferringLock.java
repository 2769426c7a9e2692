package dev.littlecloud.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A lock under which things can be put off until it is given back: what leads to others' code and
 * their locks.
 */
final class DeferringLock {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition change = lock.newCondition();
    private final List<Runnable> deferred = new ArrayList<>();

    <T> T get(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            unlock();
        }
    }

    void run(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            unlock();
        }
    }

    private void unlock() {
        List<Runnable> actions = List.of();
        if (lock.getHoldCount() == 1 && !deferred.isEmpty()) {
            actions = List.copyOf(deferred);
            deferred.clear();
        }
        lock.unlock();
        actions.forEach(Runnable::run);
    }

    /** Runs when the lock is given back. Under the lock. */
    void defer(Runnable action) {
        deferred.add(action);
    }

    /** Something changed that others may wait for. Under the lock. */
    void signal() {
        change.signalAll();
    }

    /** Waits until a condition holds or the deadline is over. */
    void await(BooleanSupplier condition, long deadlineNanos) {
        lock.lock();
        try {
            long left = deadlineNanos - System.nanoTime();
            while (left > 0 && !condition.getAsBoolean()) {
                change.await(left, TimeUnit.NANOSECONDS);
                left = deadlineNanos - System.nanoTime();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            unlock();
        }
    }
}
