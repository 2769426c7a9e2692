package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.freeze.PageUse;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.PageRuns;
import java.util.BitSet;
import java.util.Optional;

/**
 * What a template learns of its first clones: which pages a request touches, and then which pages of
 * the template are written on the way, when those are brought in first. Later clones copy the latter
 * at once, which takes a tenth of the time it takes page by page. Thread-safe.
 */
final class Lesson {
    /** What a clone is watched for. */
    enum Subject {
        NOTHING,
        WRITES,
        USE,
        /** Of one that was staged: what it touches besides what is known. */
        MORE_USE,
        /** The same of one that nobody but us asked, after a while. */
        LATER_USE
    }

    /** Clones that are looked at: what only one of them writes is not worth it. */
    private static final int WRITERS = 3;

    /** Clones whose page tables show what they touch. These start more slowly. */
    private static final int USERS = 2;

    /**
     * Until when staged clones are looked at, too. Programs do some things only when another second
     * has begun since they did them last, for which the first clones may all have been too early.
     */
    private static final long LATER_NANOS = 1_500_000_000;

    /** Of those so many at least: what was rehearsed is one request only, and users ask others. */
    private static final int LATER_USERS = 2;

    /** One in so many of these clones: to look at one takes a millisecond of its request. */
    private static final int LOOKED_AT = 8;

    private final BitSet[] written = new BitSet[WRITERS];
    private int writers;
    private int users;
    private int laterUsers;
    private int staged;
    private final long begun = System.nanoTime();
    private boolean isComplete;
    private PageUse used = PageUse.NONE;
    private PageUse lasting = PageUse.NONE;
    private volatile PageRuns workingSet = PageRuns.NONE;
    private final Runnable whenMore;
    private final Bursts bursts;
    private boolean isNone;

    /**
     * @param whenMore runs when more is known that is worth keeping
     */
    Lesson(Runnable whenMore) {
        this(whenMore, Burst.NONE);
    }

    private Lesson(Runnable whenMore, Burst before) {
        this.whenMore = whenMore;
        this.bursts = new Bursts(before);
    }

    /** Of which nobody learns. */
    static Lesson none() {
        Lesson over = new Lesson(() -> {});
        over.writers = WRITERS;
        over.users = USERS;
        over.isNone = true;
        return over;
    }

    /**
     * All that was learned.
     *
     * @param use what a request touches
     * @param workingSet what is written on the way
     * @param burst how many starts came at once
     */
    record Learned(PageUse use, PageRuns workingSet, Burst burst) {}

    /** One that goes on from what is known. */
    static Lesson of(Learned before, Runnable whenMore) {
        Lesson begun = new Lesson(whenMore, before.burst);
        begun.writers = before.workingSet.count() > 0 ? WRITERS : 0;
        begun.users = USERS;
        begun.used = before.use;
        begun.lasting = before.use;
        begun.workingSet = before.workingSet;
        return begun;
    }

    /** What is known, once that is worth keeping. */
    synchronized Optional<Learned> learned() {
        return knowsUse()
                ? Optional.of(new Learned(lasting, workingSet, bursts.largest()))
                : Optional.empty();
    }

    /** How many clones are started at once. */
    Bursts bursts() {
        return bursts;
    }

    /** Has it kept how many are started at once, where that is news. */
    void keepBursts() {
        if (bursts.isNews()) {
            Thread.startVirtualThread(whenMore);
        }
    }

    /** Whether there is anything to learn, because there will be several clones. */
    boolean isOfClones() {
        return !isNone;
    }

    PageRuns workingSet() {
        return workingSet;
    }

    /**
     * What to watch the next clone for.
     *
     * @param model what it is made of
     */
    synchronized Subject next(Model model) {
        if (users < USERS) {
            return Subject.USE;
        }
        return writers < WRITERS && model.use() != PageUse.NONE ? Subject.WRITES : Subject.NOTHING;
    }

    /** Whether it is known what a request touches. */
    synchronized boolean knowsUse() {
        return !isNone && users == USERS;
    }

    /** Whether all is known that one request can show. */
    synchronized boolean knowsRequest() {
        return isNone || (users == USERS && writers == WRITERS);
    }

    /** What is worth a model of its own: changes once or twice, and is nothing at first. */
    synchronized PageUse lastingUse() {
        return lasting;
    }

    /** What to watch the next staged clone for. */
    synchronized Subject nextStaged() {
        return isComplete || staged++ % LOOKED_AT != 0 ? Subject.NOTHING : Subject.MORE_USE;
    }

    /** What a request touches. */
    synchronized PageUse use() {
        return used;
    }

    /** A clone has answered its first request. The instance lock is held. */
    synchronized void learn(Subject subject, Kernel kernel, Machine machine) {
        switch (subject) {
            case NOTHING -> {}
            case WRITES -> learnWrites(machine);
            case USE -> learnUse(kernel);
            case MORE_USE -> {
                learnWrites(machine);
                learnMoreUse(kernel);
            }
            case LATER_USE -> {
                used = used.with(PageUse.of(kernel));
                keepUse();
            }
        }
    }

    private void learnMoreUse(Kernel kernel) {
        if (!isComplete) {
            used = used.with(PageUse.of(kernel));
            if (++laterUsers >= LATER_USERS && System.nanoTime() - begun > LATER_NANOS) {
                isComplete = true;
                keepUse();
            }
        }
    }

    private void keepUse() {
        if (!lasting.covers(used)) {
            knowMore();
        }
    }

    /** How long it is until it shows what programs do only after a while. */
    long untilLaterNanos() {
        return begun + LATER_NANOS - System.nanoTime();
    }

    /** What is known of the use is worth a model of its own. */
    private void knowMore() {
        lasting = used;
        Thread.startVirtualThread(whenMore);
    }

    private void learnWrites(Machine machine) {
        if (writers < WRITERS) {
            written[writers++] = machine.ownPages();
            if (writers == WRITERS) {
                workingSet = PageRuns.of(writtenTwice());
                Thread.startVirtualThread(whenMore);
            }
        }
    }

    private void learnUse(Kernel kernel) {
        if (users < USERS) {
            used = used.with(PageUse.of(kernel));
            if (++users == USERS) {
                knowMore();
            }
        }
    }

    private BitSet writtenTwice() {
        BitSet twice = new BitSet();
        BitSet once = new BitSet();
        for (BitSet pages : written) {
            BitSet again = (BitSet) pages.clone();
            again.and(once);
            twice.or(again);
            once.or(pages);
        }
        return twice;
    }
}
