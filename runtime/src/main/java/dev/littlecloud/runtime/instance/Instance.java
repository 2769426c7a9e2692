package dev.littlecloud.runtime.instance;

import dev.littlecloud.kernel.InstanceEnd;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.SignalSending;
import dev.littlecloud.kernel.task.Profile;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.WindowSize;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** An instance that runs, or has ended. */
final class Instance implements RunningInstance {
    private static final int SIGKILL = 9;

    private final Kernel kernel;
    private final Machine machine;
    private final InstanceHost host;
    private final GuestStreams streams;
    private final Tracer tracer;
    private final @Nullable Duration timeout;
    private final long startedAt = System.nanoTime();
    private final CompletableFuture<ExitStatus> forced = new CompletableFuture<>();
    private boolean closed;

    Instance(
            Kernel kernel,
            Machine machine,
            InstanceHost host,
            GuestStreams streams,
            Tracer tracer,
            @Nullable Duration timeout) {
        this.kernel = kernel;
        this.machine = machine;
        this.host = host;
        this.streams = streams;
        this.tracer = tracer;
        this.timeout = timeout;
    }

    @Override
    public ExitStatus await() throws InterruptedException {
        InstanceEnd end;
        try {
            end = awaitEnd();
        } catch (ExecutionException never) {
            throw new IllegalStateException("the end of an instance is a value", never);
        }
        streams.drain();
        tracer.summary();
        Profile profile = kernel.profile();
        if (profile != null) {
            System.err.print(ProfileReport.of(kernel, profile));
        }
        return forced.getNow(Ends.status(end, kernel.config()));
    }

    private InstanceEnd awaitEnd() throws InterruptedException, ExecutionException {
        Duration limit = timeout;
        if (limit == null) {
            return host.end().get();
        }
        try {
            long left = limit.toNanos() - (System.nanoTime() - startedAt);
            return host.end().get(left, TimeUnit.NANOSECONDS);
        } catch (TimeoutException over) {
            stop(new ExitStatus.TimedOut(limit));
            return host.end().get();
        }
    }

    /** Ends the instance with a status of the caller's choice. */
    void stop(ExitStatus status) {
        forced.complete(status);
        end(new InstanceEnd(InstanceEnd.Reason.STOPPED, SIGKILL, "", null));
    }

    private void end(InstanceEnd how) {
        kernel.lock().lock();
        try {
            kernel.end(how);
        } finally {
            kernel.lock().unlock();
        }
    }

    @Override
    public void signal(int signal) {
        kernel.fromHost(
                () -> {
                    ThreadGroup init = kernel.tasks().init();
                    if (init != null) {
                        SignalSending.toProcess(init, SigInfo.fromKernel(signal));
                    }
                });
    }

    @Override
    public void resize(WindowSize size) {
        streams.resize(size);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        end(new InstanceEnd(InstanceEnd.Reason.STOPPED, SIGKILL, "", null));
        host.end().join();
        machine.close();
    }
}
