package dev.littlecloud.kernel;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The lock that guards an instance. One thread may be urgent: programs wait for it and spend
 * processors on that. It waits without sleeping, since to be woken takes longer than what others do
 * with the lock mostly, and takes time of the thread that wakes it.
 */
public final class InstanceLock extends ReentrantLock {
    /** About what a sleep and being woken take: who has the lock for longer may keep it. */
    private static final long LONGEST_SPIN_NANOS = 50_000;

    private static final long serialVersionUID = 1;

    private transient volatile @Nullable Thread urgent;

    /** From now on the current thread is urgent, in place of another one. */
    public void beginUrgency() {
        urgent = Thread.currentThread();
    }

    public void endUrgency() {
        urgent = null;
    }

    @Override
    public void lock() {
        if (Thread.currentThread() != urgent || !spin()) {
            super.lock();
        }
    }

    private boolean spin() {
        long begin = System.nanoTime();
        while (!tryLock()) {
            if (System.nanoTime() - begin >= LONGEST_SPIN_NANOS) {
                return false;
            }
            Thread.onSpinWait();
        }
        return true;
    }
}
