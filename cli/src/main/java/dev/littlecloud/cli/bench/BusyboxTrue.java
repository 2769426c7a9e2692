package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Baseline;
import dev.littlecloud.cli.bench.Figure.Goal;
import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.host.MachineCosts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@code run busybox true} from start to exit inside a process that runs already. */
record BusyboxTrue(Path home) implements Benchmark {
    private static final int ROUNDS = 21;
    private static final double GOAL_MILLIS = 60;
    private static final double MACHINE_GOAL_MILLIS = 3;

    @Override
    public String name() {
        return "busybox-true";
    }

    @Override
    public String title() {
        return "start of an instance to its exit";
    }

    @Override
    public List<Figure> run() throws Exception {
        try (Bench bench = new Bench(home)) {
            HostRoot root = HostRoot.unpack(bench.imageFile("busybox"), bench.directory());
            Image image = bench.image("busybox");
            String busybox = root.file("bin/busybox").toRealPath().toString();
            InstanceSpec spec =
                    InstanceSpec.DEFAULT.withProcess(
                            InstanceSpec.DEFAULT.process().withCommand(List.of("busybox", "true")));
            Samples[] samples =
                    Samples.inTurns(
                            ROUNDS,
                            () -> guest(bench, spec, image),
                            () -> host(busybox),
                            () -> MachineCosts.lifeNanos() / 1e6);
            return List.of(
                    new Figure(
                            "run busybox true",
                            "ms",
                            samples[0].median(),
                            new Baseline("a host process", samples[1].median()),
                            new Goal(Goal.Kind.AT_MOST, GOAL_MILLIS)),
                    new Figure(
                            "of that the machine",
                            "ms",
                            samples[2].median(),
                            null,
                            new Goal(Goal.Kind.AT_MOST, MACHINE_GOAL_MILLIS)));
        }
    }

    private static double guest(Bench bench, InstanceSpec spec, Image image) throws Exception {
        long start = System.nanoTime();
        try (RunningInstance instance = bench.start(spec, image)) {
            ExitStatus status = instance.await();
            if (status.code() != 0) {
                throw new IOException("busybox true ended with " + status);
            }
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static double host(String busybox) throws Exception {
        long start = System.nanoTime();
        HostRoot.run(busybox, "true");
        return (System.nanoTime() - start) / 1e6;
    }
}
