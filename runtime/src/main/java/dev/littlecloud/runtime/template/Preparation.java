package dev.littlecloud.runtime.template;

import dev.littlecloud.image.Image;
import dev.littlecloud.kernel.InstanceEnd;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.freeze.FreezingException;
import dev.littlecloud.kernel.freeze.FrozenKernel;
import dev.littlecloud.kernel.task.Processor;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.instance.BootedInstance;
import dev.littlecloud.runtime.instance.Ends;
import dev.littlecloud.runtime.instance.ImageBlobs;
import dev.littlecloud.runtime.instance.InstanceIds;
import dev.littlecloud.runtime.network.Neighbours;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** An instance on its way to become a template. Used by one thread. */
final class Preparation implements AutoCloseable {
    private static final int SIGKILL = 9;

    /** How often the instance is looked at. */
    private static final long LOOK_MILLIS = 2;

    /** How many looks in a row must find it idle. */
    private static final int QUIET_LOOKS = 5;

    /** How long that is tried. Some programs have a clock that ticks all the time. */
    private static final long TICKING_NANOS = 2_000_000_000L;

    private final Image image;
    private final Duration deadline;
    private final long startedAt = System.nanoTime();
    private final LogTail log = new LogTail();
    private final List<ServiceStreams> streams = new ArrayList<>(1);
    private final BootedInstance booted;
    private final Kernel kernel;

    Preparation(InstanceSpec spec, Image image, Duration deadline, Neighbours neighbours) {
        this.image = image;
        this.deadline = deadline;
        this.booted =
                BootedInstance.boot(
                        spec,
                        image,
                        InstanceIds.next(),
                        NoObserver.INSTANCE,
                        neighbours,
                        made -> {
                            ServiceStreams connected =
                                    ServiceStreams.of(made, (error, bytes) -> log.add(bytes));
                            streams.add(connected);
                            return connected;
                        });
        this.kernel = booted.kernel();
        ExitStatus refused = booted.refused();
        if (refused != null) {
            close();
            throw new InstanceException(refused.explanation().orElse("it could not be started"));
        }
        streams.getFirst().start();
    }

    void awaitReady(Readiness readiness) throws InterruptedException {
        switch (readiness) {
            case Readiness.Listens(int port) -> awaitListener(port);
            case Readiness.Command(List<String> command, Duration interval) ->
                    awaitHealth(command, interval);
            case Readiness.Told() -> awaitWord();
        }
    }

    private void awaitHealth(List<String> command, Duration interval) throws InterruptedException {
        while (true) {
            HealthCheck check = new HealthCheck(booted, command, log);
            if (!check.start()) {
                throw new InstanceException(
                        "the health check '%s' cannot be executed in the instance"
                                .formatted(String.join(" ", command)));
            }
            while (!check.hasEnded()) {
                look("has a health check that does not end");
            }
            if (check.isHealthy()) {
                return;
            }
            long next = System.nanoTime() + interval.toNanos();
            do {
                look("does not pass its health check");
            } while (System.nanoTime() < next);
        }
    }

    private void awaitWord() throws InterruptedException {
        while (!booted.exists(Readiness.Told.DIRECTORY, Readiness.Told.FILE)) {
            look("did not say that it is ready");
        }
    }

    private void awaitListener(int port) throws InterruptedException {
        while (!kernel.network().isListening(port)) {
            look("does not listen on port " + port);
        }
    }

    /** Waits a little; fails where the instance has ended or the time is up. */
    private void look(String missing) throws InterruptedException {
        if (kernel.hasEnded()) {
            throw new InstanceException(
                    "the instance ended before it was ready (%s); %s"
                            .formatted(howItEnded(), log.text()));
        }
        if (System.nanoTime() - startedAt > deadline.toNanos()) {
            throw new InstanceException(
                    "the instance %s after %d s; %s"
                            .formatted(missing, deadline.toSeconds(), log.text()));
        }
        Thread.sleep(LOOK_MILLIS);
    }

    private String howItEnded() {
        InstanceEnd end = booted.host().end().join();
        streams.getFirst().drain();
        return switch (Ends.status(end, kernel.config())) {
            case ExitStatus.Exited(int status) -> "exit code " + status;
            case ExitStatus.Signaled(int signal) -> "signal " + signal;
            case ExitStatus other -> other.explanation().orElse("without a reason");
        };
    }

    /** Waits until nothing runs, for a while if that can be had, and freezes it. */
    FrozenKernel freeze() throws InterruptedException {
        long begin = System.nanoTime();
        long seen = -1;
        int quiet = 0;
        while (true) {
            kernel.lock().lock();
            try {
                long passes = passes();
                boolean isQuiet = !kernel.hasEnded() && kernel.isQuiet();
                quiet = isQuiet && passes == seen ? quiet + 1 : 0;
                seen = passes;
                boolean ticks = System.nanoTime() - begin > TICKING_NANOS;
                if (quiet >= QUIET_LOOKS || isQuiet && ticks) {
                    return frozen();
                }
            } finally {
                kernel.lock().unlock();
            }
            look("is ready but never idle");
        }
    }

    private FrozenKernel frozen() {
        try {
            return FrozenKernel.freeze(
                    kernel,
                    streams.getFirst().parts(),
                    List.of(),
                    ImageBlobs.of(image.tree()),
                    true);
        } catch (FreezingException refused) {
            throw new InstanceException(
                    "the instance cannot be frozen: " + refused.getMessage(), refused);
        }
    }

    private long passes() {
        return kernel.scheduler().processors().stream().mapToLong(Processor::passes).sum();
    }

    @Override
    public void close() {
        kernel.lock().lock();
        try {
            kernel.end(new InstanceEnd(InstanceEnd.Reason.STOPPED, SIGKILL, "", null));
        } finally {
            kernel.lock().unlock();
        }
        booted.host().end().join();
        booted.machine().close();
    }
}
