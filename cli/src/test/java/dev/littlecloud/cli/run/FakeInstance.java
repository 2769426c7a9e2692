package dev.littlecloud.cli.run;

import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.WindowSize;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An instance that runs nothing: it ends when told to, and remembers what was done to it. */
final class FakeInstance implements RunningInstance {
    private static final int DEADLINE_SECONDS = 20;

    final List<Integer> signals = new CopyOnWriteArrayList<>();
    final List<WindowSize> sizes = new CopyOnWriteArrayList<>();
    private final BlockingQueue<ExitStatus> ends = new LinkedBlockingQueue<>();
    private Runnable whenAwaited = () -> {};
    private volatile boolean closed;

    FakeInstance endingWith(ExitStatus status) {
        ends.add(status);
        return this;
    }

    FakeInstance whenAwaited(Runnable action) {
        whenAwaited = action;
        return this;
    }

    boolean closed() {
        return closed;
    }

    @Override
    public ExitStatus await() throws InterruptedException {
        whenAwaited.run();
        ExitStatus status = ends.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        return status == null ? new ExitStatus.Failed("nobody ended the instance") : status;
    }

    @Override
    public void signal(int signal) {
        signals.add(signal);
        if (signal == 15) {
            ends.add(new ExitStatus.Signaled(signal));
        }
    }

    @Override
    public void resize(WindowSize size) {
        sizes.add(size);
    }

    @Override
    public void close() {
        closed = true;
        ends.add(new ExitStatus.Signaled(9));
    }
}
