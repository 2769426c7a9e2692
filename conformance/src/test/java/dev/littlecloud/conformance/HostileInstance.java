package dev.littlecloud.conformance;

import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.Limits;
import dev.littlecloud.runtime.NetworkPolicy;
import dev.littlecloud.runtime.Observation;
import dev.littlecloud.runtime.PortMapping;
import dev.littlecloud.runtime.ProcessSpec;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.VolumeMount;
import dev.littlecloud.runtime.instance.Instances;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An instance of the programs' image whose limits and output a test watches while it runs. */
final class HostileInstance implements AutoCloseable {
    private static final int CLOSE_SECONDS = 60;

    private final RunningInstance instance;
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final CompletableFuture<ExitStatus> end = new CompletableFuture<>();

    HostileInstance(Image image, Limits limits, List<PortMapping> ports, String... command) {
        this(image, limits, ports, List.of(), command);
    }

    HostileInstance(
            Image image,
            Limits limits,
            List<PortMapping> ports,
            List<VolumeMount> volumes,
            String... command) {
        Map<String, String> environment = new HashMap<>(GuestRoot.ENVIRONMENT);
        environment.put("LITTLECLOUD_GUEST", "1");
        ProcessSpec process =
                new ProcessSpec(
                        List.of(command), List.of(), environment, "/tmp", "0:0", false, false);
        InstanceSpec spec =
                new InstanceSpec(
                        process,
                        limits,
                        NetworkPolicy.DEFAULT,
                        ports,
                        volumes,
                        null,
                        false,
                        Observation.NONE);
        Stdio stdio =
                new Stdio(
                        Channels.newChannel(new ByteArrayInputStream(new byte[0])),
                        Channels.newChannel(stdout),
                        Channels.newChannel(stderr),
                        null);
        instance = new Instances().start(spec, image, stdio);
        Thread.ofVirtual().start(this::await);
    }

    private void await() {
        try {
            end.complete(instance.await());
        } catch (InterruptedException | RuntimeException failure) {
            end.completeExceptionally(failure);
        }
    }

    void signal(int number) {
        instance.signal(number);
    }

    /** How it ended; fails where that takes longer than the deadline. */
    ExitStatus end(Duration deadline) throws Exception {
        return end.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    boolean hasEnded() {
        return end.isDone();
    }

    /** Waits for output, or the end: what matched, or null where it ended without. */
    @Nullable Matcher awaitOutput(Pattern wanted, Duration deadline) throws Exception {
        long until = System.nanoTime() + deadline.toNanos();
        while (true) {
            boolean over = end.isDone();
            Matcher found = wanted.matcher(output());
            if (found.find()) {
                return found;
            }
            if (over) {
                return null;
            }
            if (System.nanoTime() > until) {
                throw new TimeoutException("no '" + wanted + "' in: " + output() + errors());
            }
            Thread.sleep(5);
        }
    }

    String output() {
        return stdout.toString(StandardCharsets.ISO_8859_1);
    }

    String errors() {
        return stderr.toString(StandardCharsets.ISO_8859_1);
    }

    /** Ends the instance, whatever it does at the moment; fails where that takes long. */
    @Override
    public void close() {
        CompletableFuture<Void> closed = CompletableFuture.runAsync(instance::close);
        try {
            closed.get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException problem) {
            throw new AssertionError("the instance could not be ended: " + output(), problem);
        }
    }
}
