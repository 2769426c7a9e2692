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
import dev.littlecloud.machine.MachineException;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.instance.Ends;
import dev.littlecloud.runtime.instance.InstanceHost;
import dev.littlecloud.runtime.network.Endpoints;
import dev.littlecloud.runtime.network.InstanceNetwork;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** An instance that was thawed. */
final class ClonedInstance implements Clone, ServiceStreams.Sink {
    private static final System.Logger LOG = System.getLogger(ClonedInstance.class.getName());
    private static final int SIGKILL = 9;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** How often one that is to be frozen is looked at. */
    private static final long LOOK_MILLIS = 2;

    private final String id;
    private final Kernel kernel;
    private final Machine machine;
    private final InstanceHost host;
    private final CloneListener listener;
    private final Lines lines;
    private final long templateBytes;
    private final Counts counts;
    private final InstanceNetwork network;
    private final CompletableFuture<ExitStatus> over = new CompletableFuture<>();
    private final long usedBefore;
    private final long inGuestBefore;
    private final long inKernelBefore;
    private final FrozenTemplate template;
    private final Lesson.Subject subject;
    private @Nullable ServiceStreams streams;
    private StartTimes startTimes;

    /** Guarded by the instance lock. */
    private boolean taught;

    /** Whether it goes on elsewhere, so that its end here is none. */
    private volatile boolean isFrozen;

    // What was used so far; guarded by the instance lock.
    private final ProcessorUse processorUse = new ProcessorUse();
    private long memoryByteMillis;
    private long memoryCountedAt = System.nanoTime();

    /**
     * @param subject what it is watched for until it has answered
     */
    ClonedInstance(
            StillClone still,
            CloneListener listener,
            Lines lines,
            FrozenTemplate template,
            Lesson.Subject subject) {
        this.template = template;
        this.subject = subject;
        this.id = still.id();
        this.kernel = still.kernel().kernel();
        this.machine = still.machine();
        this.host = still.host();
        this.network = still.network();
        this.counts = still.counts();
        this.startTimes = still.times();
        this.listener = listener;
        this.lines = lines;
        this.templateBytes = template.memoryBytes();
        this.usedBefore = used();
        this.inGuestBefore = inGuest();
        this.inKernelBefore = inKernel();
        counts.whenAnswered(this::answered);
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
            if (counts.bytesOut() > 0) {
                // It may have ended before it was seen to wait for the next request.
                answered();
            }
            machine.close();
        } finally {
            kernel.lock().unlock();
        }
        ExitStatus status = Ends.status(end, kernel.config());
        if (!isFrozen) {
            listener.ended(status);
        }
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
        Connection connection = new Connection(streamListener);
        Line.End end = lines.join(connection.inner(), counts);
        if (!new Delivery(kernel.network(), end, Endpoints.endpoint(peer), port).begin()) {
            lines.forget(end.line());
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
        Line.End end = lines.join(stream, counts);
        NetworkStack.Delivery delivery =
                kernel.network().deliver(end, Endpoints.endpoint(peer), port, whenRoom);
        if (delivery != NetworkStack.Delivery.ACCEPTED) {
            lines.forget(end.line());
        }
        return delivery;
    }

    @Override
    public boolean isListening(int port) {
        NetworkStack network = kernel.network();
        return !kernel.hasEnded() && network.isListening(port);
    }

    private void answered() {
        if (!taught && subject != Lesson.Subject.NOTHING) {
            taught = true;
            try {
                template.lesson().learn(subject, kernel, machine);
            } catch (MachineException unseen) {
                // The next clone is asked then; this one is none the worse for it.
                LOG.log(System.Logger.Level.DEBUG, "nothing learned of " + id, unseen);
            }
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
            processorUse.update(
                    used() - usedBefore, inGuest() - inGuestBefore, inKernel() - inKernelBefore);
            return new Usage(
                    processorUse.guestNanos(),
                    processorUse.kernelNanos(),
                    memoryByteMillis,
                    memory,
                    counts.bytesIn(),
                    counts.bytesOut());
        } finally {
            kernel.lock().unlock();
        }
    }

    @Override
    public Passages passages() {
        kernel.lock().lock();
        try {
            List<Processor> processors = kernel.scheduler().processors();
            return new Passages(
                    processors.stream().mapToLong(Processor::passes).sum(),
                    processors.stream().mapToLong(Processor::faults).sum(),
                    kernel.scheduler().callServer().answers().count());
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

    private long used() {
        return sum(Processor::hostNanos) + kernel.scheduler().callServer().watchedNanos();
    }

    private long inGuest() {
        return sum(Processor::userNanos);
    }

    private long inKernel() {
        return sum(Processor::systemNanos) + kernel.scheduler().callServer().watchedNanos();
    }

    private long sum(ToLongFunction<Processor> nanos) {
        return kernel.scheduler().processors().stream().mapToLong(nanos).sum();
    }

    @Override
    public void signal(int signal) {
        send(signal, init -> true);
    }

    /** Sends a signal to the first process where it meets a condition, and says whether it did. */
    private boolean send(int signal, Predicate<ThreadGroup> condition) {
        kernel.lock().lock();
        try {
            ThreadGroup init = kernel.tasks().init();
            if (init == null || kernel.hasEnded() || !condition.test(init)) {
                return false;
            }
            SignalSending.toProcess(init, SigInfo.fromKernel(signal));
            kernel.scheduler().notifyProcessors();
            return true;
        } finally {
            kernel.lock().unlock();
        }
    }

    @Override
    public boolean stop(int signal, Duration patience) throws InterruptedException {
        boolean isAsked = send(signal, init -> SignalSending.isExpected(init, signal));
        try {
            return !isAsked || hasEndedWithin(patience);
        } finally {
            close();
        }
    }

    private boolean hasEndedWithin(Duration patience) throws InterruptedException {
        try {
            over.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException stillThere) {
            return false;
        } catch (ExecutionException never) {
            throw new IllegalStateException("the end of a clone is a value", never);
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
    public Template freeze(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            streams().drain();
            kernel.lock().lock();
            try {
                if (kernel.hasEnded()) {
                    throw new InstanceException("it has ended");
                }
                if (kernel.isQuiet() && streams().isDrained() && !network.isResolving()) {
                    Template frozen = template.freeze(kernel, streams(), lines);
                    isFrozen = true;
                    lines.detach();
                    kernel.end(new InstanceEnd(InstanceEnd.Reason.STOPPED, SIGKILL, "", null));
                    return frozen;
                }
            } finally {
                kernel.lock().unlock();
                if (isFrozen) {
                    over.join();
                }
            }
            if (System.nanoTime() >= deadline) {
                throw new InstanceException("its programs are never idle");
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private ServiceStreams streams() {
        return Objects.requireNonNull(streams);
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
