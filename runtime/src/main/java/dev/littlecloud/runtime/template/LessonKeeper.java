package dev.littlecloud.runtime.template;

import dev.littlecloud.machine.MemoryImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is learned of a template's clones with the template's files, so that the first clones
 * after a restart are as fast as the last before it. Thread-safe.
 */
final class LessonKeeper implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LessonKeeper.class.getName());

    private final Seal seal;

    // Guarded by this.
    private @Nullable Path directory;
    private @Nullable Lesson lesson;
    private boolean isClosed;

    LessonKeeper(Seal seal) {
        this.seal = seal;
    }

    /** A lesson of which nothing is known yet. */
    Lesson begin() {
        return new Lesson(this::isOver);
    }

    /**
     * The lesson that is kept in a directory, or one that will be.
     *
     * @param memory of the template
     */
    Lesson goOn(Path kept, MemoryImage memory) {
        if (LessonFile.exists(kept)) {
            try {
                return Lesson.of(LessonFile.load(kept, memory, seal));
            } catch (IOException unusable) {
                LOG.log(System.Logger.Level.WARNING, "the lesson in " + kept, unusable);
            }
        }
        Lesson begun = begin();
        keepIn(kept, begun);
        return begun;
    }

    /** From now on, what is learned is kept there. */
    void keepIn(Path kept, Lesson learned) {
        synchronized (this) {
            directory = kept;
            lesson = learned;
        }
        save();
    }

    private void isOver() {
        StagedClones.SHARED.learned();
        save();
    }

    private synchronized void save() {
        Lesson of = lesson;
        Path into = directory;
        Optional<Lesson.Learned> all = of == null ? Optional.empty() : of.learned();
        if (isClosed || into == null || all.isEmpty()) {
            return;
        }
        try {
            LessonFile.save(into, all.get(), seal);
        } catch (IOException failure) {
            // It is learned again after a restart.
            LOG.log(System.Logger.Level.WARNING, "the lesson cannot be written", failure);
        }
    }

    /** Writes nothing any more: the directory may be removed. */
    @Override
    public synchronized void close() {
        isClosed = true;
    }
}
