package dev.littlecloud.kernel.tty;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.kernel.task.Waiter;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The user's terminal as the instance's: a pseudo-terminal whose master is whoever holds this
 * object. Two threads of the host use it, one that reads the screen and one that types; both wait
 * when there is nothing to do, so neither side can flood the other. Takes the instance lock itself.
 */
public final class Console {
    private final Kernel kernel;
    private final ReentrantLock lock;
    private final Pty pty;
    private final Condition changed;
    private boolean ended;

    /** Makes the instance's console. Call before the first process starts. */
    public static Console create(Kernel kernel, PtyTable table, int rows, int columns) {
        kernel.lock().lock();
        try {
            Pty pty = table.create(0);
            if (pty == null) {
                throw new IllegalStateException("no memory for a terminal");
            }
            pty.locked(false);
            pty.terminal().windowSize(WindowSize.of(rows, columns));
            table.console(pty);
            return new Console(kernel, pty);
        } finally {
            kernel.lock().unlock();
        }
    }

    private Console(Kernel kernel, Pty pty) {
        this.kernel = kernel;
        this.lock = kernel.lock();
        this.pty = pty;
        this.changed = lock.newCondition();
        pty.masterEvents()
                .add(
                        new Waiter() {
                            @Override
                            protected boolean woken(int events) {
                                changed.signalAll();
                                return true;
                            }
                        });
        kernel.atEnd(this::instanceEnded);
    }

    private void instanceEnded() {
        ended = true;
        changed.signalAll();
    }

    /**
     * The terminal as an open file for descriptors 0 to 2 of the first process, whose session it
     * becomes the terminal of. The caller holds the instance lock, and one reference.
     */
    public OpenFile open(ThreadGroup init) {
        pty.terminal().control(init);
        return new SlaveFile(pty, OpenFlags.O_RDWR, null, pty.node());
    }

    /**
     * Waits for output and takes it.
     *
     * @return bytes put into {@code target}, or -1 when the instance has ended and all was read
     */
    public int read(byte[] target) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (pty.screen().isEmpty()) {
                if (ended) {
                    return -1;
                }
                changed.await();
            }
            int count = pty.screen().take(target, 0, target.length);
            kernel.fromHost(pty::outputTaken);
            return count;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Types bytes; waits while the programs have not taken what was typed before.
     *
     * @return false when the instance has ended
     */
    public boolean write(byte[] source, int offset, int length) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            int done = 0;
            while (done < length) {
                if (ended) {
                    return false;
                }
                int from = offset + done;
                int left = length - done;
                int[] taken = {0};
                kernel.fromHost(() -> taken[0] = pty.type(source, from, left));
                done += taken[0];
                if (taken[0] == 0 && !ended) {
                    changed.await();
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The user's window has another size. */
    public void resize(int rows, int columns) {
        kernel.fromHost(() -> pty.terminal().windowSize(WindowSize.of(rows, columns)));
    }

    /** The user's side is gone (the terminal was closed): programs are hung up. */
    public void hangUp() {
        kernel.fromHost(pty::masterClosed);
    }
}
