package dev.littlecloud.conformance;

import dev.littlecloud.image.Image;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.PullPolicy;
import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceRunner;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.Limits;
import dev.littlecloud.runtime.NetworkPolicy;
import dev.littlecloud.runtime.Observation;
import dev.littlecloud.runtime.ProcessSpec;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.VolumeMount;
import dev.littlecloud.runtime.instance.Instances;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Instances of one image, in this process. */
final class InstanceGuest implements GuestRunner {
    /** The programs want it: a case of mm forks a process that has touched 64 MiB. */
    private static final Limits LIMITS = Limits.DEFAULT.withMemoryBytes(512L << 20);

    private final InstanceRunner instances = new Instances();
    private final Image image;
    private final InstanceSpec spec;

    InstanceGuest(Image image, InstanceSpec spec) {
        this.image = image;
        this.spec = spec;
    }

    /** The same guest with other processors. */
    InstanceGuest withCpus(CpuLimit cpus) {
        return new InstanceGuest(image, spec.withLimits(spec.limits().withCpus(cpus)));
    }

    /** The same guest with a directory of the host in it. */
    InstanceGuest withVolume(Path host, String guestPath) {
        return new InstanceGuest(
                image, spec.withVolumes(List.of(new VolumeMount(host, guestPath, false))));
    }

    static InstanceGuest open(Path root) throws IOException, InterruptedException {
        Path work = root.resolveSibling("image");
        Path archive = RootImage.pack(root, work);
        ImageStore store = ImageStore.open(work.resolve("store"));
        ProcessSpec process =
                new ProcessSpec(
                        List.of("/conformance/init"),
                        List.of(),
                        GuestRoot.ENVIRONMENT,
                        "/tmp",
                        "0:0",
                        false,
                        false);
        return new InstanceGuest(
                store.resolve(
                        ImageReference.parse("docker-archive:" + archive),
                        PullPolicy.MISSING,
                        Progress.NONE),
                new InstanceSpec(
                        process,
                        LIMITS,
                        NetworkPolicy.DEFAULT,
                        List.of(),
                        List.of(),
                        null,
                        false,
                        Observation.NONE));
    }

    Image image() {
        return image;
    }

    /** An instance with a terminal. */
    GuestTerminal terminal(List<String> command, int rows, int columns) throws IOException {
        return new GuestTerminal(image, command, rows, columns);
    }

    @Override
    public Result run(List<String> command, Duration deadline)
            throws IOException, InterruptedException {
        InstanceSpec asked = spec.withProcess(spec.process().withCommand(command));
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        Stdio stdio =
                new Stdio(
                        Channels.newChannel(new ByteArrayInputStream(new byte[0])),
                        Channels.newChannel(stdout),
                        Channels.newChannel(stderr),
                        null);
        RunningInstance instance = instances.start(asked, image, stdio);
        CompletableFuture<ExitStatus> end = awaitEnd(instance);
        boolean timedOut = false;
        int code = 0;
        String why = "";
        try {
            ExitStatus status = end.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
            code = status.code();
            why = status.explanation().map(line -> "instance: " + line + "\n").orElse("");
        } catch (TimeoutException late) {
            timedOut = true;
        } catch (ExecutionException failure) {
            throw new IOException("the instance could not be awaited", failure);
        } finally {
            instance.close();
        }
        return new Result(code, text(stdout), text(stderr) + why, timedOut);
    }

    private static CompletableFuture<ExitStatus> awaitEnd(RunningInstance instance) {
        CompletableFuture<ExitStatus> end = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                end.complete(instance.await());
                            } catch (InterruptedException | RuntimeException failure) {
                                end.completeExceptionally(failure);
                            }
                        });
        return end;
    }

    private static String text(ByteArrayOutputStream bytes) {
        // As the native runner reads its files: every byte is kept.
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
