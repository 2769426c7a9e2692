package dev.littlecloud.conformance;

import dev.littlecloud.image.Image;
import dev.littlecloud.kernel.InstanceEnd;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.freeze.FreezingException;
import dev.littlecloud.kernel.freeze.FrozenKernel;
import dev.littlecloud.kernel.freeze.Surroundings;
import dev.littlecloud.kernel.freeze.UnknownTypeException;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.pipe.HostPipe;
import dev.littlecloud.kernel.syscall.Syscall;
import dev.littlecloud.kernel.syscall.SyscallObserver;
import dev.littlecloud.kernel.task.Processor;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.PageRuns;
import dev.littlecloud.machine.kvm.KvmMachines;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.NetworkPolicy;
import dev.littlecloud.runtime.ProcessSpec;
import dev.littlecloud.runtime.VolumeMount;
import dev.littlecloud.runtime.WindowSize;
import dev.littlecloud.runtime.instance.BootedInstance;
import dev.littlecloud.runtime.instance.GuestStreams;
import dev.littlecloud.runtime.instance.ImageBlobs;
import dev.littlecloud.runtime.instance.ImageRoot;
import dev.littlecloud.runtime.instance.InstanceHost;
import dev.littlecloud.runtime.instance.InstanceIds;
import dev.littlecloud.runtime.network.InstanceNetwork;
import dev.littlecloud.runtime.network.Neighbours;
import dev.littlecloud.runtime.volume.HostTree;
import dev.littlecloud.runtime.volume.Volumes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Instances that move to another machine whenever all their tasks wait: everything they hold is
 * frozen, the old instance ends, and the program goes on in the new one as if nothing had been.
 */
final class MigratingGuest implements GuestRunner {
    private static final int SIGKILL = 9;
    private static final int MOST_MOVES = 6;

    private static final SyscallObserver NOBODY =
            new SyscallObserver() {
                @Override
                public boolean isActive() {
                    return false;
                }

                @Override
                public void called(Task task, Syscall call, long result) {}

                @Override
                public void missing(Task task, long number) {}
            };

    private final Image image;
    private final List<VolumeMount> mounts;
    private int moves;

    /**
     * @param mounts volumes that it takes along
     */
    MigratingGuest(Image image, List<VolumeMount> mounts) {
        this.image = image;
        this.mounts = mounts;
    }

    /** How often instances have moved. */
    int moves() {
        return moves;
    }

    /** Pipes that are read whenever somebody looks. */
    private record Streams(HostPipe input, HostPipe output, HostPipe error)
            implements GuestStreams {
        static Streams of(Kernel kernel) {
            return new Streams(
                    HostPipe.input(kernel), HostPipe.output(kernel), HostPipe.output(kernel));
        }

        @Override
        public void install(Task init) {
            FdTable files = init.files();
            files.install(input.guestEnd(), 0, false, MANY_DESCRIPTORS);
            files.install(output.guestEnd(), 1, false, MANY_DESCRIPTORS);
            files.install(error.guestEnd(), 2, false, MANY_DESCRIPTORS);
        }

        @Override
        public void start() {
            input.close();
        }

        @Override
        public void drain() {}

        @Override
        public void resize(WindowSize size) {}
    }

    /** Where the program is now. */
    private record Place(Kernel kernel, Machine machine, InstanceHost host, Streams streams) {
        void end() {
            kernel.lock().lock();
            try {
                stop();
            } finally {
                kernel.lock().unlock();
            }
            host.end().join();
            machine.close();
        }

        /** Nothing of it runs from now on. Its lock is held. */
        void stop() {
            kernel.end(new InstanceEnd(InstanceEnd.Reason.STOPPED, SIGKILL, "", null));
        }
    }

    @Override
    public Result run(List<String> command, Duration deadline)
            throws IOException, InterruptedException {
        List<String> withInit = new ArrayList<>(List.of("/conformance/init"));
        withInit.addAll(command);
        ProcessSpec process =
                new ProcessSpec(
                        withInit, List.of(), GuestRoot.ENVIRONMENT, "/tmp", "0:0", false, false);
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        Place place = boot(InstanceSpec.DEFAULT.withProcess(process).withVolumes(mounts));
        long until = System.nanoTime() + deadline.toNanos();
        int moved = 0;
        long seen = -1;
        while (!place.host.end().isDone() && System.nanoTime() < until) {
            stdout.write(place.streams.output.takeAll());
            stderr.write(place.streams.error.takeAll());
            Place next = place;
            place.kernel.lock().lock();
            try {
                long passes = passes(place.kernel);
                boolean rests = place.kernel.isQuiet() && !place.kernel.hasEnded();
                if (rests && passes == seen && moved < MOST_MOVES) {
                    next = move(place);
                    moved += next == place ? 0 : 1;
                    seen = -1;
                } else {
                    seen = passes;
                }
            } finally {
                place.kernel.lock().unlock();
            }
            if (next != place) {
                place.end();
                place = next;
            }
            Thread.sleep(1);
        }
        moves += moved;
        boolean timedOut = !place.host.end().isDone();
        place.end();
        stdout.write(place.streams.output.takeAll());
        stderr.write(place.streams.error.takeAll());
        InstanceEnd end = place.host.end().join();
        return new Result(end.exitCode(), text(stdout), text(stderr) + end.detail(), timedOut);
    }

    private Place boot(InstanceSpec spec) {
        Streams[] streams = new Streams[1];
        BootedInstance booted =
                BootedInstance.boot(
                        spec,
                        image,
                        InstanceIds.next(),
                        NOBODY,
                        Neighbours.NONE,
                        kernel -> streams[0] = Streams.of(kernel));
        streams[0].start();
        return new Place(booted.kernel(), booted.machine(), booted.host(), streams[0]);
    }

    /** To another machine, or nowhere while it cannot be frozen. */
    private Place move(Place from) {
        Streams old = from.streams;
        FrozenKernel frozen;
        try {
            frozen =
                    FrozenKernel.freeze(
                            from.kernel,
                            List.of(old.input, old.output, old.error),
                            List.of(),
                            ImageBlobs.of(image.tree()),
                            false);
        } catch (UnknownTypeException unknown) {
            throw unknown;
        } catch (FreezingException notNow) {
            return from;
        }
        from.stop();
        List<HostTree> volumes = Volumes.open(mounts);
        try (frozen) {
            Machine machine =
                    KvmMachines.blank(frozen.memory().vcpus()).thaw(frozen.memory(), PageRuns.NONE);
            InstanceHost host = new InstanceHost(InstanceIds.next());
            FrozenKernel.Thawed thawed =
                    frozen.thaw(
                            new Surroundings(
                                    machine,
                                    host,
                                    NOBODY,
                                    new InstanceNetwork(
                                            NetworkPolicy.DEFAULT,
                                            frozen.memory().ramBytes(),
                                            Neighbours.NONE),
                                    ImageBlobs.of(image.tree()),
                                    number -> ImageRoot.of(image.tree(), (int) number),
                                    number -> volumes.get((int) number),
                                    number -> {
                                        throw new AssertionError("frozen without streams");
                                    }));
            List<HostPipe> pipes = new ArrayList<>();
            for (Object part : thawed.parts()) {
                pipes.add((HostPipe) part);
            }
            return new Place(
                    thawed.kernel(),
                    machine,
                    host,
                    new Streams(pipes.get(0), pipes.get(1), pipes.get(2)));
        }
    }

    private static long passes(Kernel kernel) {
        return kernel.scheduler().processors().stream().mapToLong(Processor::passes).sum();
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
