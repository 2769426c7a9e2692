package dev.littlecloud.runtime.template;

import dev.littlecloud.image.Image;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.freeze.FreezingException;
import dev.littlecloud.kernel.freeze.FrozenKernel;
import dev.littlecloud.kernel.freeze.PageUse;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.MachineException;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.instance.ImageBlobs;
import dev.littlecloud.runtime.network.InstanceNetwork;
import dev.littlecloud.runtime.network.Neighbours;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A template in this process. */
final class FrozenTemplate implements Template {
    private static final System.Logger LOG = System.getLogger(FrozenTemplate.class.getName());

    /** As many as there is to learn of one request, and some that were of no use. */
    private static final int REHEARSALS = 7;

    /** What a clone takes of the host's memory besides the pages that it has written. */
    private static final long CLONE_BYTES = 1 << 20;

    private final InstanceSpec spec;
    private final Image image;
    private final BlankMachines machines;
    private final StagedClones stagedClones = StagedClones.SHARED;
    private final Neighbours neighbours;
    private final Lesson lesson;
    private final Seal seal;
    private final CloneMaker maker;
    private final Object staging = new Object();
    private final LessonKeeper keeper;
    private volatile Model model;
    private volatile int most = Integer.MAX_VALUE;

    /** Guarded by {@code staging}. */
    private boolean closed;

    /** What it was frozen with changes when it goes on; see {@link Templates#boot}. */
    private final AtomicBoolean isSpent = new AtomicBoolean();

    /** A template that clones are made of. */
    static FrozenTemplate ofClones(
            InstanceSpec spec,
            Image image,
            FrozenKernel frozen,
            BlankMachines machines,
            Neighbours neighbours,
            Seal seal) {
        LessonKeeper keeper = new LessonKeeper(seal);
        return new FrozenTemplate(
                spec, image, frozen, machines, neighbours, keeper.begin(), keeper, seal);
    }

    /** The same of one in a directory, where what is learned of its clones is kept, too. */
    static FrozenTemplate ofFile(
            Path directory,
            InstanceSpec spec,
            Image image,
            FrozenKernel frozen,
            BlankMachines machines,
            Neighbours neighbours,
            Seal seal) {
        LessonKeeper keeper = new LessonKeeper(seal);
        Lesson lesson = keeper.goOn(directory, frozen.memory());
        return new FrozenTemplate(spec, image, frozen, machines, neighbours, lesson, keeper, seal);
    }

    /** An instance that goes on once. */
    static FrozenTemplate ofInstance(
            InstanceSpec spec,
            Image image,
            FrozenKernel frozen,
            BlankMachines machines,
            Neighbours neighbours,
            Seal seal) {
        return new FrozenTemplate(
                spec,
                image,
                frozen,
                machines,
                neighbours,
                Lesson.none(),
                new LessonKeeper(seal),
                seal);
    }

    private FrozenTemplate(
            InstanceSpec spec,
            Image image,
            FrozenKernel frozen,
            BlankMachines machines,
            Neighbours neighbours,
            Lesson lesson,
            LessonKeeper keeper,
            Seal seal) {
        this.seal = seal;
        this.lesson = lesson;
        this.keeper = keeper;
        this.spec = spec;
        this.image = image;
        this.model = new Model(frozen, PageUse.NONE);
        this.machines = machines;
        this.neighbours = neighbours;
        int vcpus = frozen.memory().vcpus();
        this.maker = new CloneMaker(spec, image, machines, neighbours, lesson, vcpus);
    }

    @Override
    public InstanceSpec spec() {
        return spec;
    }

    Lesson lesson() {
        return lesson;
    }

    @Override
    public Clone start(CloneListener listener) {
        return start(listener, new Lines(() -> {}));
    }

    @Override
    public Optional<Clone> startStaged(CloneListener listener, Lines lines) {
        long begin = System.nanoTime();
        keeper.isUsed();
        lesson.bursts().started(System.currentTimeMillis());
        if (lesson.lastingUse() != model.use()) {
            stagedClones.improve(this);
        }
        StillClone staged = lesson.isOfClones() ? stagedClones.take(this) : null;
        return Optional.ofNullable(staged)
                .map(still -> goOn(still, begin, listener, lines, still.subject()));
    }

    @Override
    public Clone start(CloneListener listener, Lines lines) {
        return startStaged(listener, lines).orElseGet(() -> startNew(listener, lines));
    }

    @Override
    public Clone startNew(CloneListener listener, Lines lines) {
        if (!spec.writesVolumes()) {
            return startAnother(listener, lines);
        }
        if (isSpent.getAndSet(true)) {
            throw new InstanceException(
                    "an instance went on from here already, and its volumes have changed since");
        }
        boolean isStarted = false;
        try {
            Clone clone = startAnother(listener, lines);
            isStarted = true;
            return clone;
        } finally {
            isSpent.set(isStarted);
        }
    }

    private Clone startAnother(CloneListener listener, Lines lines) {
        return startAnother(listener, lines, maker.network(), lesson::next);
    }

    private Clone startAnother(
            CloneListener listener,
            Lines lines,
            InstanceNetwork network,
            Function<Model, Lesson.Subject> subjects) {
        long begin = System.nanoTime();
        stagedClones.isStarting();
        Model of = hold();
        try {
            Lesson.Subject subject = subjects.apply(of);
            StillClone made = maker.makeNow(of, lines, network, begin);
            switch (subject) {
                case WRITES, NOTHING -> bringIn(made, of);
                case USE, MORE_USE, LATER_USE -> made.kernel().watchUse();
            }
            return goOn(made, begin, listener, lines, subject);
        } finally {
            of.release();
        }
    }

    private Model hold() {
        while (true) {
            Model now = model;
            if (now.hold()) {
                return now;
            }
            if (now == model) {
                throw new InstanceException("no clone of a template that was given up");
            }
        }
    }

    /** Brings in what is known of the use but is not part of the model. */
    private void bringIn(StillClone clone, Model of) {
        PageUse use = lesson.use();
        if (use != of.use()) {
            clone.kernel().bringIn(use);
        }
    }

    /** Makes a model with what was learned, if there is anything new; answers whether. */
    boolean improve() {
        // The end waits, because it takes the memory away that is copied here.
        synchronized (staging) {
            Model old = model;
            PageUse use = lesson.lastingUse();
            if (closed || use == old.use()) {
                return false;
            }
            try (StillClone still = maker.makeAhead(old)) {
                still.kernel().bringIn(use);
                still.kernel().post(use);
                model = new Model(still.kernel().freeze(ImageBlobs.of(image.tree())), use);
            }
            old.release();
            return true;
        }
    }

    private Clone goOn(
            StillClone still,
            long begin,
            CloneListener listener,
            Lines lines,
            Lesson.Subject subject) {
        try {
            ClonedInstance clone = new ClonedInstance(still, listener, lines, this, subject);
            List<@Nullable Object> parts = still.kernel().parts();
            clone.follow(ServiceStreams.of(parts, clone));
            still.kernel().goOn();
            lines.resumed(parts.subList(ServiceStreams.PARTS, parts.size()));
            clone.startTimes(still.times().withTotal(System.nanoTime() - begin));
            stagedClones.isStarting();
            return clone;
        } catch (RuntimeException | Error failed) {
            still.close();
            throw failed;
        }
    }

    /** A clone that has touched what it will use; null after the end. Needs a platform thread. */
    @Nullable StillClone stage() {
        // The end waits, because it takes the memory away that is copied here.
        synchronized (staging) {
            return closed ? null : madeAndTouched();
        }
    }

    private StillClone madeAndTouched() {
        StillClone still = maker.makeAhead(model);
        try {
            stagedClones.giveWay();
            bringIn(still, model);
            still.kernel().post(lesson.use());
            stagedClones.giveWay();
            Lesson.Subject subject = lesson.nextStaged();
            if (subject == Lesson.Subject.MORE_USE) {
                still.kernel().watchUse();
            }
            still.kernel().touch(lesson.use());
            return new StillClone(
                    still.id(),
                    still.kernel(),
                    still.machine(),
                    still.host(),
                    still.network(),
                    still.counts(),
                    StartTimes.STAGED,
                    subject);
        } catch (RuntimeException | Error failed) {
            still.close();
            throw failed;
        }
    }

    @Override
    public boolean hasLearned() {
        return lesson.knowsUse();
    }

    @Override
    public void expect(Burst burst) {
        lesson.bursts().expect(burst, System.currentTimeMillis());
        stagedClones.look();
    }

    @Override
    public Burst burst() {
        return lesson.bursts().largest();
    }

    @Override
    public void atMost(int clones) {
        most = clones;
        stagedClones.look();
    }

    @Override
    public void rehearse(int port, byte[] request) throws InterruptedException {
        try {
            boolean isAnswered = true;
            for (int i = 0; i < REHEARSALS && isAnswered && !lesson.knowsRequest(); i++) {
                isAnswered = rehearse(port, request, lesson::next);
                improve();
            }
            awaitRequests();
            if (lesson.knowsUse()) {
                TimeUnit.NANOSECONDS.sleep(lesson.untilLaterNanos());
                boolean isLearned = rehearse(port, request, _ -> Lesson.Subject.LATER_USE);
                if (isLearned && lesson.lastingUse() != model.use()) {
                    stagedClones.improve(this);
                }
            }
        } catch (IOException | InstanceException | MachineException unseen) {
            LOG.log(System.Logger.Level.DEBUG, "what requests touch is learned of them", unseen);
        }
    }

    private boolean rehearse(int port, byte[] request, Function<Model, Lesson.Subject> subjects)
            throws IOException {
        Lines lines = new Lines(() -> {});
        return Rehearsal.isAnswered(
                startAnother(CloneListener.NONE, lines, maker.closedNetwork(), subjects),
                port,
                request);
    }

    private void awaitRequests() {
        synchronized (staging) {
            if (!closed && lesson.knowsUse()) {
                stagedClones.expect(this, System.currentTimeMillis());
            }
        }
    }

    @Override
    public void stageAgain() {
        if (lesson.knowsUse()) {
            keeper.lastUse().ifPresent(millis -> stagedClones.expect(this, millis));
        }
    }

    /** What it wants to have made ahead. */
    Allotment.Wish wish(long nowMillis) {
        long written = lesson.workingSet().pages() * GuestMemory.PAGE_SIZE;
        return new Allotment.Wish(lesson.bursts().expected(nowMillis), most, CLONE_BYTES + written);
    }

    /** Has the next process know of bursts, if there was a new one. */
    void keepBursts() {
        lesson.keepBursts();
    }

    /** Whether a clone is worth being made ahead: it then has all that is known by now. */
    boolean isWorthStaging() {
        PageUse use = model.use();
        return use != PageUse.NONE && use == lesson.lastingUse();
    }

    /** Freezes an instance of this template. Its lock is held, and nothing runs in it. */
    Template freeze(Kernel kernel, ServiceStreams pipes, Lines lines) {
        List<Line.End> ends = lines.ends();
        List<Object> parts = new ArrayList<>(pipes.parts());
        ends.forEach(end -> parts.add(Objects.requireNonNull(end.kernel())));
        try {
            FrozenKernel now =
                    FrozenKernel.freeze(kernel, parts, ends, ImageBlobs.of(image.tree()), false);
            return ofInstance(spec, image, now, machines, neighbours, seal);
        } catch (FreezingException refused) {
            throw new InstanceException(String.valueOf(refused.getMessage()), refused);
        } catch (MachineException refused) {
            throw new InstanceException(
                    "this machine has no memory for it: " + refused.getMessage(), refused);
        }
    }

    @Override
    public void save(Path directory, List<Path> relatives) throws IOException {
        Model of = hold();
        try {
            TemplateFile.Content content = new TemplateFile.Content(of.frozen(), spec, image);
            TemplateFile.save(directory, relatives, content, seal);
        } finally {
            of.release();
        }
    }

    @Override
    public void keepLessons(Path directory) {
        keeper.keepIn(directory, lesson);
    }

    @Override
    public long memoryBytes() {
        return model.frozen().memory().storedBytes();
    }

    @Override
    public boolean isStaged() {
        return stagedClones.ready(this) > 0;
    }

    @Override
    public int staged() {
        return stagedClones.ready(this);
    }

    @Override
    public void close() {
        keeper.close();
        synchronized (staging) {
            if (!closed) {
                closed = true;
                model.release();
            }
        }
        stagedClones.forget(this);
    }
}
