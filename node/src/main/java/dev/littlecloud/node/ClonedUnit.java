package dev.littlecloud.node;

import dev.littlecloud.control.WorkloadException;
import dev.littlecloud.gateway.service.Acceptor;
import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.kernel.net.NetworkStack.Delivery;
import dev.littlecloud.node.Launcher.Unit;
import dev.littlecloud.node.Launcher.UnitListener;
import dev.littlecloud.node.Launcher.Used;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.Lines;
import dev.littlecloud.runtime.template.Template;
import dev.littlecloud.runtime.template.Usage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An instance: a clone, then the clone that it goes on in after it was frozen, and so on. */
final class ClonedUnit implements Unit, Acceptor {
    /** How long one whose clients are silent may go on with something of its own. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final FrozenRevision revision;
    private final Backend backend = new Backend.Guest(this);
    private final Lines lines = new Lines(this::wanted);

    // Guarded by this.
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean isOut = true;
    private @Nullable Clone clone;
    private Used before = Used.NOTHING;
    private String id = "";
    private boolean isResumed;

    private volatile @Nullable UnitListener listener;

    ClonedUnit(FrozenRevision revision) {
        this.revision = revision;
    }

    private record Events(UnitListener listener) implements CloneListener {
        @Override
        public void output(boolean error, byte[] bytes) {
            listener.output(error, bytes);
        }

        @Override
        public void ended(ExitStatus status) {
            listener.ended(Specs.how(status));
        }
    }

    private void wanted() {
        UnitListener told = listener;
        if (told != null) {
            told.wanted();
        }
    }

    @Override
    public Delivery deliver(HostStream stream, InetSocketAddress peer, Runnable whenRoom) {
        Clone to = present();
        if (to != null) {
            Delivery delivery = to.deliver(stream, peer, revision.port(), whenRoom);
            if (delivery != Delivery.REFUSED || to == present()) {
                return delivery;
            }
        }
        synchronized (this) {
            if (isOut) {
                waiting.add(whenRoom);
            } else {
                // It is back since.
                Thread.startVirtualThread(whenRoom);
            }
        }
        wanted();
        return Delivery.FULL;
    }

    private synchronized @Nullable Clone present() {
        return isOut ? null : clone;
    }

    private synchronized Clone latest() {
        return Objects.requireNonNull(clone);
    }

    /** It takes connections. */
    private void isIn(Clone now) {
        List<Runnable> told;
        synchronized (this) {
            clone = now;
            isOut = false;
            told = List.copyOf(waiting);
            waiting.clear();
        }
        told.forEach(Runnable::run);
    }

    @Override
    public void thaw(UnitListener newListener) throws WorkloadException {
        listener = newListener;
        FrozenRevision.Resumed resumed = revision.resume(new Events(newListener), lines);
        isNow(resumed.instance(), resumed.isResumed());
    }

    private void isNow(Clone started, boolean resumed) {
        synchronized (this) {
            id = started.id();
            before = Used.NOTHING;
            isResumed = resumed;
        }
        isIn(started);
    }

    /** Becomes a clone that is made already; false where there is none. */
    boolean goOnStaged(UnitListener newListener) {
        listener = newListener;
        Optional<Clone> staged = revision.startStaged(new Events(newListener), lines);
        staged.ifPresent(clone -> isNow(clone, false));
        return staged.isPresent();
    }

    @Override
    public void freeze() throws WorkloadException, InterruptedException {
        Clone awake = latest();
        synchronized (this) {
            isOut = true;
        }
        Template frozen;
        try {
            frozen = awake.freeze(PATIENCE);
        } catch (InstanceException refused) {
            isIn(awake);
            throw new WorkloadException(String.valueOf(refused.getMessage()), refused);
        } catch (InterruptedException stop) {
            isIn(awake);
            throw stop;
        }
        try {
            revision.saveState(frozen);
        } catch (IOException failure) {
            goOn(awake, frozen);
            throw new WorkloadException(
                    "its memory cannot be written to disk: " + failure.getMessage(), failure);
        } finally {
            frozen.close();
        }
    }

    /** Goes on with a frozen memory that is not on disk. */
    private void goOn(Clone ended, Template frozen) {
        Clone next = frozen.start(new Events(Objects.requireNonNull(listener)), lines);
        synchronized (this) {
            before = before.plus(of(ended.usage()));
        }
        isIn(next);
    }

    @Override
    public synchronized String id() {
        return id;
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public synchronized boolean isResumed() {
        return isResumed;
    }

    @Override
    public long restingNanos() {
        return lines.restingNanos();
    }

    @Override
    public Used used() {
        Used earlier;
        Clone now;
        synchronized (this) {
            earlier = before;
            now = latest();
        }
        return earlier.plus(of(now.usage()));
    }

    private static Used of(Usage usage) {
        return new Used(
                usage.guestNanos(),
                usage.kernelNanos(),
                usage.memoryByteMillis(),
                usage.memoryBytes(),
                usage.bytesIn(),
                usage.bytesOut());
    }

    @Override
    public boolean stop(Duration patience) throws InterruptedException {
        boolean hasEnded = latest().stop(revision.stopSignal(), patience);
        lines.breakOff();
        return hasEnded;
    }

    @Override
    public void end() {
        latest().close();
        lines.breakOff();
    }
}
