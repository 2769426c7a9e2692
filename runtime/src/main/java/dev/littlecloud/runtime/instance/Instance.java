package dev.littlecloud.runtime.instance;

import dev.littlecloud.kernel.InstanceEnd;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.SignalSending;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.WindowSize;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** An instance that runs, or has ended. */
final class Instance implements RunningInstance {
    private final Kernel kernel;
    private final Machine machine;
    private final InstanceHost host;
    private final Consumer<WindowSize> resize;
    private final Runnable drain;
    private final CompletableFuture<ExitStatus> forced = new CompletableFuture<>();
    private boolean closed;

    Instance(
            Kernel kernel,
            Machine machine,
            InstanceHost host,
            Consumer<WindowSize> resize,
            Runnable drain) {
        this.kernel = kernel;
        this.machine = machine;
        this.host = host;
        this.resize = resize;
        this.drain = drain;
    }

    @Override
    public ExitStatus await() throws InterruptedException {
        InstanceEnd end;
        try {
            end = host.end().get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
        drain.run();
        return forced.getNow(status(end));
    }

    private ExitStatus status(InstanceEnd end) {
        int signal = end.status() & 0x7F;
        return switch (end.reason()) {
            case OUT_OF_MEMORY -> new ExitStatus.OutOfMemory(kernel.config().memoryBytes());
            case FAILED -> new ExitStatus.Failed(end.detail());
            case EXITED, STOPPED ->
                    signal != 0
                            ? new ExitStatus.Signaled(signal)
                            : new ExitStatus.Exited(end.status() >> 8 & 0xFF);
        };
    }

    /** Ends the instance with a status of the caller's choice. */
    void stop(ExitStatus status, int signal) {
        forced.complete(status);
        end(new InstanceEnd(InstanceEnd.Reason.STOPPED, signal, "", null));
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
        kernel.lock().lock();
        try {
            ThreadGroup init = kernel.tasks().init();
            if (init != null && !kernel.hasEnded()) {
                SignalSending.toProcess(init, SigInfo.fromKernel(signal));
                kernel.scheduler().notifyProcessors();
            }
        } finally {
            kernel.lock().unlock();
        }
    }

    @Override
    public void resize(WindowSize size) {
        kernel.lock().lock();
        try {
            if (!kernel.hasEnded()) {
                resize.accept(size);
                kernel.scheduler().notifyProcessors();
            }
        } finally {
            kernel.lock().unlock();
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        end(new InstanceEnd(InstanceEnd.Reason.STOPPED, 9, "", null));
        host.end().join();
        machine.close();
    }
}
