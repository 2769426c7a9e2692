package dev.littlecloud.runtime.template;

import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A frozen instance, from which any number of clones start. Thread-safe. */
public interface Template extends AutoCloseable {
    /** What was asked of the instance. */
    InstanceSpec spec();

    /**
     * Starts a clone: it goes on where the template stopped. Returns once it can be connected to.
     *
     * @param listener hears of the clone; called on threads of the runtime
     * @throws InstanceException when this host has no machine or memory for it
     */
    Clone start(CloneListener listener);

    /**
     * Starts a clone that is the instance of these connections, until it is frozen itself. A template
     * of {@link Clone#freeze} is started so, and once.
     */
    Clone start(CloneListener listener, Lines lines);

    /** The same of a clone that is made already, if there is one; takes a fraction of a millisecond. */
    Optional<Clone> startStaged(CloneListener listener, Lines lines);

    /** The same of one that is made now, for a start for which none was staged. */
    Clone startNew(CloneListener listener, Lines lines);

    /**
     * Whether a clone is made already that the next start gets. One is made soon after each start,
     * once it was learned from the first ones what a request touches: see {@link StagedClones}.
     */
    boolean isStaged();

    /** How many clones are made already: as many as {@link #burst} takes, and a few. */
    int staged();

    /**
     * Stages clones of a template that was loaded, if it is one of those that were used last before,
     * in earlier processes.
     */
    void stageAgain();

    /**
     * Has clones staged for a burst of starts that was not seen, but is to be expected.
     *
     * @see #burst
     */
    void expect(Burst burst);

    /** The largest burst of starts that was seen lately, or that is to be expected. */
    Burst burst();

    /** No more clones than that are used at a time, so no more are staged. */
    void atMost(int clones);

    /**
     * Has clones answer a request that nobody sees, until it is known what one touches, which takes
     * two seconds: then others can be staged before anyone has asked. They have no way out, and what
     * they write is thrown away.
     *
     * @param port where their program listens
     */
    void rehearse(int port, byte[] request) throws InterruptedException;

    /** Whether it was learned what a request touches, from its clones or from what was kept. */
    boolean hasLearned();

    /**
     * Writes the template into a directory.
     *
     * @param directory must be empty or not exist
     * @param relatives directories of templates on the same file system, the likeliest first, whose
     *     files this one may share where it has the same pages: see {@link Lineage}
     */
    void save(Path directory, List<Path> relatives) throws IOException;

    /**
     * From now on keeps beside the template what is learned of its clones, for {@link Templates#load}.
     *
     * @param directory where {@link #save} wrote, perhaps under another name since
     */
    void keepLessons(Path directory);

    /** Bytes of guest memory that are not zero: what all clones share. */
    long memoryBytes();

    /** Gives its memory back. Clones that were started go on. */
    @Override
    void close();
}
