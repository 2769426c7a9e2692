package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.InstanceEnd;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.kernel.net.NetworkStack;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.SignalSending;
import dev.littlecloud.kernel.task.Processor;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MemoryImage;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.instance.Ends;
import dev.littlecloud.runtime.instance.InstanceHost;
import dev.littlecloud.runtime.network.Endpoints;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** An instance that was thawed. */
final class ClonedInstance implements Clone, ServiceStreams.Sink, Connection.Traffic {
    private static final int SIGKILL = 9;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final String id;
    private final Kernel kernel;
    private final Machine machine;
    private final InstanceHost host;
    private final CloneListener listener;
    private final long templateBytes;
    private final AtomicLong bytesIn = new AtomicLong();
    private final AtomicLong bytesOut = new AtomicLong();
    private final CompletableFuture<ExitStatus> over = new CompletableFuture<>();
    private final long guestNanosBefore;
    private final long kernelNanosBefore;
    private final Lesson lesson;
    private @Nullable ServiceStreams streams;
    private StartTimes startTimes = new StartTimes(0, 0, 0, 0);

    /** Guarded by the instance lock. */
    private boolean taught;

    // The memory used so far; guarded by the instance lock.
    private long memoryByteMillis;
    private long memoryCountedAt = System.nanoTime();

    ClonedInstance(
            String id,
            Kernel kernel,
            Machine machine,
            InstanceHost host,
            CloneListener listener,
            MemoryImage image,
            Lesson lesson) {
        this.lesson = lesson;
        this.id = id;
        this.kernel = kernel;
        this.machine = machine;
        this.host = host;
        this.listener = listener;
        this.templateBytes = image.storedBytes();
        this.guestNanosBefore = guestNanos();
        this.kernelNanosBefore = kernelNanos();
    }

    /** Connects the standard streams and begins to wait for the end. */
    void follow(ServiceStreams made) {
        streams = made;
        made.start();
        CompletableFuture<Void> unused =
                host.end().thenAccept(end -> Thread.startVirtualThread(() -> ended(end)));
    }

    private void ended(InstanceEnd end) {
        ServiceStreams open = streams;
        if (open != null) {
            open.drain();
        }
        kernel.lock().lock();
        try {
            countMemory();
            machine.close();
        } finally {
            kernel.lock().unlock();
        }
        ExitStatus status = Ends.status(end, kernel.config());
        listener.ended(status);
        over.complete(status);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public void output(boolean error, byte[] bytes) {
        listener.output(error, bytes);
    }

    @Override
    public GuestStream connect(
            int port, InetSocketAddress peer, GuestStream.Listener streamListener)
            throws ConnectionRefusedException {
        Connection connection = new Connection(streamListener, this);
        if (!new Delivery(kernel.network(), connection, Endpoints.endpoint(peer), port).begin()) {
            throw new ConnectionRefusedException(
                    kernel.hasEnded()
                            ? "the instance has ended"
                            : "nothing listens on port " + port + " of the instance");
        }
        return connection.outer();
    }

    @Override
    public NetworkStack.Delivery deliver(
            HostStream stream, InetSocketAddress peer, int port, Runnable whenRoom) {
        return kernel.network()
                .deliver(new CountedStream(stream, this), Endpoints.endpoint(peer), port, whenRoom);
    }

    @Override
    public boolean isListening(int port) {
        NetworkStack network = kernel.network();
        return !kernel.hasEnded() && network.isListening(port);
    }

    @Override
    public void in(int bytes) {
        bytesIn.addAndGet(bytes);
    }

    @Override
    public void out(int bytes) {
        bytesOut.addAndGet(bytes);
    }

    @Override
    public void answered() {
        if (!taught && !lesson.isOver()) {
            taught = true;
            Thread.startVirtualThread(this::teach);
        }
    }

    private void teach() {
        kernel.lock().lock();
        try {
            if (!kernel.hasEnded()) {
                lesson.learn(machine);
            }
        } finally {
            kernel.lock().unlock();
        }
    }

    void startTimes(StartTimes times) {
        startTimes = times;
    }

    @Override
    public StartTimes startTimes() {
        return startTimes;
    }

    @Override
    public Usage usage() {
        kernel.lock().lock();
        try {
            long memory = countMemory();
            return new Usage(
                    guestNanos() - guestNanosBefore,
                    kernelNanos() - kernelNanosBefore,
                    memoryByteMillis,
                    memory,
                    bytesIn.get(),
                    bytesOut.get());
        } finally {
            kernel.lock().unlock();
        }
    }

    private long countMemory() {
        long now = System.nanoTime();
        long bytes = memoryBytes();
        long millis = (now - memoryCountedAt) / NANOS_PER_MILLI;
        memoryCountedAt += millis * NANOS_PER_MILLI;
        memoryByteMillis += bytes * millis;
        return bytes;
    }

    private long memoryBytes() {
        if (over.isDone()) {
            return 0;
        }
        Frames frames = kernel.frames();
        return Math.max(templateBytes, ((long) frames.used() << Frames.SHIFT) + frames.charged());
    }

    private long guestNanos() {
        return kernel.scheduler().processors().stream().mapToLong(Processor::userNanos).sum();
    }

    private long kernelNanos() {
        return kernel.scheduler().processors().stream().mapToLong(Processor::systemNanos).sum();
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
    public ExitStatus await() throws InterruptedException {
        try {
            return over.get();
        } catch (ExecutionException never) {
            throw new IllegalStateException("the end of a clone is a value", never);
        }
    }

    @Override
    public void close() {
        kernel.lock().lock();
        try {
            kernel.end(new InstanceEnd(InstanceEnd.Reason.STOPPED, SIGKILL, "", null));
        } finally {
            kernel.lock().unlock();
        }
        over.join();
    }
}
