package dev.littlecloud.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.littlecloud.control.WorkloadListener;
import dev.littlecloud.control.Workloads.Order;
import dev.littlecloud.control.model.JsonFields;
import dev.littlecloud.control.model.ServiceSpec;
import dev.littlecloud.gateway.service.Lease;
import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.image.Digest;
import dev.littlecloud.image.Image;
import dev.littlecloud.image.ImageConfig;
import dev.littlecloud.image.tree.ImageTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Fleets of instances that are only pretended. */
abstract class FleetTesting {
    static final Duration DEADLINE = Duration.ofSeconds(60);

    final FakeLauncher launcher = new FakeLauncher();
    @TempDir Path data;
    NodeWorkloads node;
    final List<String> heard = new CopyOnWriteArrayList<>();

    @BeforeEach
    void openNode() throws IOException {
        node = new NodeWorkloads(launcher, data, "localhost", Duration.ZERO);
    }

    @AfterEach
    void close() {
        node.close();
    }

    private final class Heard implements WorkloadListener {
        @Override
        public void started(String instance, String why) {
            heard.add("started " + instance);
        }

        @Override
        public void used(String i, long guest, long kernel, long memory, long in, long out) {}

        @Override
        public void ended(String instance, boolean isCrash, String why) {
            heard.add((isCrash ? "crashed " : "ended ") + instance + ": " + why);
        }

        @Override
        public void stayedAwake(String instance, String why) {
            heard.add("awake " + instance + ": " + why);
        }

        @Override
        public void snapshotLost(String what) {
            heard.add("lost: " + what);
        }

        @Override
        public void output(String instance, boolean isError, byte[] bytes) {}

        @Override
        public void request(int status, long bytesIn, long bytesOut, long durationNanos) {
            heard.add("request " + status);
        }

        @Override
        public void woke(long nanos) {
            heard.add("woke");
        }

        @Override
        public void crashLoop(String why) {
            heard.add("loop: " + why);
        }

        @Override
        public void recovered() {
            heard.add("recovered");
        }
    }

    static ServiceSpec spec(String scaling) {
        String json = "{\"image\":\"app\",\"port\":80,\"scaling\":{" + scaling + "}}";
        return ServiceSpec.read(JsonFields.parse(json.getBytes(StandardCharsets.UTF_8)));
    }

    Fleet fleet(String scaling) throws Exception {
        return fleet(spec(scaling), 1);
    }

    Fleet fleet(ServiceSpec spec, int revision) throws Exception {
        Image image =
                new Image(
                        Digest.sha256(new byte[0]),
                        Optional.empty(),
                        ImageConfig.EMPTY,
                        NO_TREE,
                        Path.of("none"));
        Order order = new Order("me", "hello", revision, Instant.EPOCH, spec, image, Map.of());
        Fleet fleet = (Fleet) node.prepare(order, new Heard());
        node.route("hello", fleet);
        return fleet;
    }

    /** Nothing here looks into the image. */
    @SuppressWarnings("NullAway")
    private static final ImageTree NO_TREE = null;

    static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.sleep(2);
        }
    }

    static Lease get(CompletableFuture<Lease> place) throws Exception {
        return place.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    static Reason refusal(CompletableFuture<Lease> place) throws Exception {
        try {
            get(place);
            throw new AssertionError("a place was given");
        } catch (ExecutionException refused) {
            return refused.getCause() instanceof Refusal refusal
                    ? refusal.reason()
                    : fail("another failure", refused);
        }
    }
}
