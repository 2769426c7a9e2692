package dev.littlecloud.node;

import dev.littlecloud.control.WorkloadException;
import dev.littlecloud.image.Image;
import dev.littlecloud.node.Launcher.Prepared;
import dev.littlecloud.node.Launcher.Unit;
import dev.littlecloud.node.Launcher.UnitListener;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.StopSignal;
import dev.littlecloud.runtime.template.Burst;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.Lines;
import dev.littlecloud.runtime.template.Template;
import dev.littlecloud.runtime.template.Templates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A revision whose instances are clones of its template, or its only instance thawed. */
final class FrozenRevision implements Prepared {
    private final Templates templates;
    private final Origin origin;
    private final Template template;
    private final Shelf shelf;
    private final Consumer<String> lost;
    private volatile boolean hasState;
    private @Nullable Thread saving;

    /** What the template is told to expect once it was rehearsed; guarded by this. */
    private Burst firstBurst = Burst.NONE;

    /** Guarded by this. */
    private boolean isRehearsing;

    /**
     * What instances of the revision are made of.
     *
     * @param port where their program listens
     */
    record Origin(InstanceSpec spec, Image image, int port) {}

    /**
     * A clone, and whether it goes on with the memory of a frozen one.
     */
    record Resumed(Clone instance, boolean isResumed) {}

    /**
     * @param lost hears of what cannot be read or written
     */
    FrozenRevision(
            Templates templates,
            Origin origin,
            Template template,
            Shelf shelf,
            Consumer<String> lost) {
        this.templates = templates;
        this.origin = origin;
        this.template = template;
        this.shelf = shelf;
        this.lost = lost;
        this.hasState = shelf.newest(Shelf.STATE).isPresent();
    }

    /** Keeps the template for the time after a restart. Does not wait for it. */
    void saveTemplate() {
        saving =
                Thread.ofPlatform()
                        .daemon()
                        .name("template-writer")
                        .start(
                                () -> {
                                    try {
                                        shelf.put(Shelf.TEMPLATE, template::save);
                                        shelf.newest(Shelf.TEMPLATE)
                                                .ifPresent(template::keepLessons);
                                    } catch (IOException failure) {
                                        lost.accept(
                                                "its template could not be written to disk ("
                                                        + failure.getMessage()
                                                        + "); after a restart it is booted again");
                                    }
                                });
    }

    /**
     * Has instances made before anyone asks for one.
     *
     * @param burst how many are to be expected at once
     * @param request what a client may ask; empty where nobody knows
     */
    synchronized void expect(Burst burst, Optional<byte[]> request) {
        firstBurst = burst;
        isRehearsing = true;
        // It ends by itself when the template is closed.
        Thread.ofPlatform().daemon().name("rehearsal").start(() -> rehearse(request));
    }

    private void rehearse(Optional<byte[]> request) {
        try {
            if (request.isPresent()) {
                template.rehearse(origin.port(), request.get());
            }
            // Not before: all would be made again with what was learned.
            synchronized (this) {
                isRehearsing = false;
                template.expect(firstBurst);
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void follow(Prepared before, double requestsEach) {
        if (before instanceof FrozenRevision former) {
            Burst burst = former.expected().times(requestsEach);
            synchronized (this) {
                firstBurst = burst;
                if (!isRehearsing) {
                    template.expect(burst);
                }
            }
        }
    }

    private synchronized Burst expected() {
        return isRehearsing ? firstBurst : template.burst();
    }

    @Override
    public void atMost(int instances) {
        template.atMost(instances);
    }

    int port() {
        return origin.port();
    }

    /** What asks an instance to end. */
    int stopSignal() {
        return StopSignal.of(origin.image().config());
    }

    @Override
    public Optional<Unit> startStaged(UnitListener listener) {
        if (hasState) {
            return Optional.empty();
        }
        ClonedUnit unit = new ClonedUnit(this);
        return unit.goOnStaged(listener) ? Optional.of(unit) : Optional.empty();
    }

    /** A clone of the template that is made already, if there is one. */
    Optional<Clone> startStaged(CloneListener listener, Lines lines) {
        return template.startStaged(listener, lines);
    }

    @Override
    public Unit start(UnitListener listener, boolean isStateful) throws WorkloadException {
        if (!isStateful) {
            forgetState();
        }
        ClonedUnit unit = new ClonedUnit(this);
        unit.thaw(listener);
        return unit;
    }

    /** The instance that was frozen last, or a new clone of the template where none was. */
    Resumed resume(CloneListener listener, Lines lines) throws WorkloadException {
        try {
            Optional<Path> state = hasState ? shelf.newest(Shelf.STATE) : Optional.empty();
            Optional<Template> frozen = state.flatMap(path -> load(path, lines));
            if (frozen.isEmpty()) {
                return new Resumed(template.startNew(listener, lines), false);
            }
            try (Template once = frozen.get()) {
                return new Resumed(once.start(listener, lines), true);
            }
        } catch (InstanceException refused) {
            throw new WorkloadException(String.valueOf(refused.getMessage()), refused);
        }
    }

    private Optional<Template> load(Path state, Lines lines) {
        try {
            return Optional.of(templates.loadInstance(state, origin.spec(), origin.image()));
        } catch (InstanceException unusable) {
            lost.accept(unusable.getMessage() + "; the instance starts afresh");
            forgetState();
            lines.breakOff();
            return Optional.empty();
        }
    }

    /** Writes the memory that {@link #resume} goes on with. */
    void saveState(Template frozen) throws IOException {
        shelf.put(Shelf.STATE, frozen::save);
        hasState = true;
    }

    @Override
    public void forgetState() {
        if (hasState) {
            hasState = false;
            shelf.drop(Shelf.STATE);
        }
    }

    @Override
    public void close() {
        Thread writer = saving;
        if (writer != null) {
            try {
                writer.join();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }
        template.close();
    }

    @Override
    public void remove() {
        close();
        shelf.remove();
    }
}
