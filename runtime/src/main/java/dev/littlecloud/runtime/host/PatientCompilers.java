package dev.littlecloud.runtime.host;

import dev.littlecloud.sys.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Lets the JVM's compilers work where no processor is wanted for anything else: what they make is for
 * later, and who waits for a sleeping service waits now. Where nothing is left for them for long, they
 * have their share as any thread until they rest.
 */
public final class PatientCompilers implements AutoCloseable {
    private static final Pattern COMPILER = Pattern.compile("C[12] Compiler");
    private static final long TICK_NANOS = 500_000_000;

    /** Of a tick: who waits longer gets nothing done. */
    private static final long STARVING_NANOS = TICK_NANOS / 2;

    /** Of a tick: who works less has caught up. */
    private static final long RESTING_NANOS = TICK_NANOS / 10;

    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("compiler-turns").factory());

    private List<Path> compilers = List.of();
    private Turns before = new Turns(0, 0);
    private boolean arePatient;

    /**
     * Processor time that threads had, and how long they were ready to run and did not.
     *
     * @param ranNanos of all of them
     * @param waitedNanos of all of them
     */
    record Turns(long ranNanos, long waitedNanos) {
        Turns plus(Turns other) {
            return new Turns(ranNanos + other.ranNanos, waitedNanos + other.waitedNanos);
        }

        Turns since(Turns before) {
            return new Turns(ranNanos - before.ranNanos, waitedNanos - before.waitedNanos);
        }

        /** Whether they are to be patient after a tick with these turns. */
        boolean allowPatience(boolean arePatient) {
            return arePatient
                    ? waitedNanos < STARVING_NANOS
                    : ranNanos + waitedNanos < RESTING_NANOS;
        }
    }

    private PatientCompilers() {}

    /** Begins. Where this process may not take patience back, nothing is changed. */
    public static PatientCompilers start() {
        PatientCompilers compilers = new PatientCompilers();
        compilers.timer.execute(compilers::begin);
        return compilers;
    }

    private synchronized void begin() {
        // What a thread may do to itself, it may do to those of its process.
        boolean mayComeBack =
                Threads.runWhenIdle(0, true) == 0 && Threads.runWhenIdle(0, false) == 0;
        if (mayComeBack && !timer.isShutdown()) {
            change(true);
            before = turns();
            ScheduledFuture<?> unused =
                    timer.scheduleWithFixedDelay(
                            this::look, TICK_NANOS, TICK_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    private synchronized void look() {
        Turns now = turns();
        boolean allowed = now.since(before).allowPatience(arePatient);
        before = now;
        if (allowed != arePatient) {
            change(allowed);
        }
    }

    /** Changes those that are there; one that is made later is as its maker, which is one of them. */
    private synchronized void change(boolean toPatient) {
        arePatient = toPatient;
        compilers = OwnThreads.named(COMPILER);
        for (Path compiler : compilers) {
            Threads.runWhenIdle(OwnThreads.id(compiler), toPatient);
        }
    }

    private Turns turns() {
        Turns all = new Turns(0, 0);
        for (Path compiler : compilers) {
            all = all.plus(turns(compiler));
        }
        return all;
    }

    /** The first two numbers of schedstat in the kernel's documentation of schedulers' statistics. */
    private static Turns turns(Path thread) {
        try {
            String[] fields = Files.readString(thread.resolve("schedstat")).split(" ", -1);
            return new Turns(Long.parseLong(fields[0]), Long.parseLong(fields[1]));
        } catch (IOException gone) {
            return new Turns(0, 0);
        }
    }

    /** Compilers have turns as any thread again. */
    @Override
    public synchronized void close() {
        timer.shutdownNow();
        if (arePatient) {
            change(false);
        }
    }
}
