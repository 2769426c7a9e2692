package dev.littlecloud.runtime.host;

import dev.littlecloud.sys.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * A tenth of what others have of a processor that they want, too, for threads that watch more than
 * they work. Where this process may not give a thread more again, nothing is changed.
 *
 * <p>A thread begins with the share of the one that started it. That may be anything the JVM has a
 * thread for, so those with a small share that have not taken it are looked for each second.
 */
public final class SmallShare {
    private static final Pattern ANY = Pattern.compile("");
    private static final int STEPS = 10;
    private static final int LEAST = 19;

    /** No thread has that. */
    private static final int UNKNOWN = Integer.MAX_VALUE;

    /** Fields of /proc/pid/stat behind the name and its bracket, proc_pid_stat(5). */
    private static final int NICE_FIELD = 16;

    private static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);
    private static final Set<Integer> HOLDERS = ConcurrentHashMap.newKeySet();
    private static final AtomicBoolean LOOKS = new AtomicBoolean();

    private static final AtomicBoolean IS_TRIED = new AtomicBoolean();

    /** What others have; unknown where a thread that had less may not have as much again. */
    private static volatile int others = UNKNOWN;

    private SmallShare() {}

    /**
     * Gives the calling thread a small share.
     *
     * @return whether it has one; not before it is known that it may have more again
     */
    public static boolean take() {
        if (!isPossible()) {
            return false;
        }
        HOLDERS.add(Threads.currentId());
        Threads.nice(0, small());
        if (LOOKS.compareAndSet(false, true)) {
            LATER.execute(SmallShare::mend);
        }
        return true;
    }

    /** Gives the calling thread as much as others have. */
    public static void giveBack() {
        if (HOLDERS.remove(Threads.currentId())) {
            Threads.nice(0, others);
        }
    }

    /** For a thread that has just begun: it has as much as others, whoever started it. */
    public static void takeNone() {
        if (!HOLDERS.isEmpty()) {
            Threads.nice(0, others);
        }
    }

    private static void mend() {
        boolean isLast = HOLDERS.isEmpty();
        mendOthers();
        if (isLast) {
            LOOKS.set(false);
        }
        // Somebody may have taken one just before that was said.
        if (!isLast || (!HOLDERS.isEmpty() && LOOKS.compareAndSet(false, true))) {
            LATER.execute(SmallShare::mend);
        }
    }

    /** Gives those that have begun with a small share, and have not taken it, as much as others. */
    static void mendOthers() {
        for (Path thread : OwnThreads.named(ANY)) {
            int id = OwnThreads.id(thread);
            if (niceOf(thread) == small() && !HOLDERS.contains(id)) {
                Threads.nice(id, others);
            }
        }
    }

    private static int niceOf(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            String fields = stat.substring(stat.lastIndexOf(')') + 2);
            return Integer.parseInt(fields.split(" ", -1)[NICE_FIELD]);
        } catch (IOException gone) {
            return UNKNOWN;
        }
    }

    private static boolean isPossible() {
        if (IS_TRIED.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("share-trial").start(SmallShare::tryOut);
        }
        return others != UNKNOWN;
    }

    private static void tryOut() {
        int first = niceOf(Path.of("/proc/self"));
        if (first < LEAST && Threads.nice(0, LEAST) == 0 && Threads.nice(0, first) == 0) {
            others = first;
        }
    }

    private static int small() {
        return Math.min(others + STEPS, LEAST);
    }
}
