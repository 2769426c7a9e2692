package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.fs.pipe.HostPipe;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Takes what comes out of a pipe. No thread waits for it: a virtual one fetches it when there is
 * something.
 */
final class OutputTap {
    private final HostPipe pipe;
    private final Consumer<byte[]> sink;
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /** Keeps bytes in order; taken before the instance's lock. */
    private final ReentrantLock order = new ReentrantLock();

    OutputTap(HostPipe pipe, Consumer<byte[]> sink) {
        this.pipe = pipe;
        this.sink = sink;
    }

    void open() {
        pipe.onChange(
                () -> {
                    if (scheduled.compareAndSet(false, true)) {
                        Thread.startVirtualThread(this::fetch);
                    }
                });
        fetch();
    }

    /** Passes on what is there; when it returns the sink has all of it. */
    void fetch() {
        order.lock();
        try {
            // Before the look: what comes after it schedules another one.
            scheduled.set(false);
            for (byte[] bytes = pipe.takeAll(); bytes.length > 0; bytes = pipe.takeAll()) {
                sink.accept(bytes);
            }
        } finally {
            order.unlock();
        }
    }
}
