package dev.littlecloud.runtime.template;

import dev.littlecloud.machine.MemoryImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is learned of a template's clones with the template's files, so that the first clones
 * after a restart are as fast as the last before it. Thread-safe.
 */
final class LessonKeeper implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LessonKeeper.class.getName());

    /** How exactly it is kept when a template was used last. */
    private static final long USE_MILLIS = 60_000;

    private final Seal seal;
    private final AtomicLong lastUseMillis = new AtomicLong();

    // Guarded by this.
    private @Nullable Path directory;
    private @Nullable Lesson lesson;
    private boolean isClosed;

    LessonKeeper(Seal seal) {
        this.seal = seal;
    }

    /** A lesson of which nothing is known yet. */
    Lesson begin() {
        return new Lesson(this::save);
    }

    /**
     * The lesson that is kept in a directory, or one that will be.
     *
     * @param memory of the template
     */
    Lesson goOn(Path kept, MemoryImage memory) {
        if (LessonFile.exists(kept)) {
            try {
                Lesson known = Lesson.of(LessonFile.load(kept, memory, seal), this::save);
                set(kept, known);
                return known;
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
        set(kept, learned);
        save();
    }

    private synchronized void set(Path kept, Lesson learned) {
        directory = kept;
        lesson = learned;
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

    /** A clone was asked for. Does not wait until that is kept. */
    void isUsed() {
        long now = System.currentTimeMillis();
        long last = lastUseMillis.get();
        if (now - last > USE_MILLIS && lastUseMillis.compareAndSet(last, now)) {
            Thread.startVirtualThread(this::keepUse);
        }
    }

    private synchronized void keepUse() {
        try {
            if (!isClosed && directory != null) {
                LessonFile.used(directory);
            }
        } catch (IOException failure) {
            LOG.log(System.Logger.Level.WARNING, "the time of a use cannot be kept", failure);
        }
    }

    /** When a clone was last asked for, as far as that is kept, in milliseconds since the epoch. */
    synchronized OptionalLong lastUse() {
        try {
            return directory == null ? OptionalLong.empty() : LessonFile.lastUse(directory);
        } catch (IOException unreadable) {
            LOG.log(System.Logger.Level.WARNING, "the time of the last use", unreadable);
            return OptionalLong.empty();
        }
    }

    /** Writes nothing any more: the directory may be removed. */
    @Override
    public synchronized void close() {
        isClosed = true;
    }
}
