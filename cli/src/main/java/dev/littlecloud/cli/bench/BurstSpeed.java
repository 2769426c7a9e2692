package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Goal;
import dev.littlecloud.runtime.template.StagedClones;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * So many requests at once for a service without instances, through the gateway of a cloud. With an
 * instance for each: the first requests that a service gets after its deployment, once as many clones are
 * staged as it says it may need, and how long that takes; then another such burst. And with instances
 * that take up to 20 each.
 */
record BurstSpeed(Path home) implements Benchmark {
    private static final int REQUESTS = 100;
    private static final int ROUNDS = 7;
    private static final int WARM_UP_ROUNDS = 12;

    /** Rounds with a new service each. */
    private static final int SERVICES = 5;

    private static final double NANOS_PER_MILLI = 1e6;
    private static final long LOOK_NANOS = 5_000_000;

    /** Where no clone was staged for this time, no more are. */
    private static final long SETTLED_NANOS = 3_000_000_000L;

    /**
     * What became of requests that were made at once.
     *
     * @param millis from the moment all begin to the end of each answer
     * @param processorMillis what this process used meanwhile for each
     */
    private record Burst(double[] millis, double processorMillis) {}

    @Override
    public String name() {
        return "burst";
    }

    @Override
    public String title() {
        return "100 requests at once for a service at zero";
    }

    @Override
    public List<Figure> run() throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (Bench bench = new Bench(home);
                BenchCloud cloud = new BenchCloud(bench.directory().resolve("cloud"))) {
            String image = "docker-archive:" + bench.imageFile("nginx");
            String[] each = {image, "--isolation", "request", "--max", "100", "--idle", "1s"};
            deploy(cloud, each);
            bursts(cloud, WARM_UP_ROUNDS);
            measureEach(cloud, each, figures);
            String[] few = {image, "--isolation", "instance", "--max", "10", "--idle", "1s"};
            deploy(cloud, few);
            bursts(cloud, WARM_UP_ROUNDS);
            addFigures("20 in an instance", bursts(cloud, ROUNDS), figures);
        }
        return figures;
    }

    private static void deploy(BenchCloud cloud, String... options) throws IOException {
        List<String> words = new ArrayList<>(List.of("burst"));
        words.addAll(List.of(options));
        cloud.deploy(words.toArray(String[]::new));
    }

    private static Burst[] bursts(BenchCloud cloud, int rounds) throws Exception {
        Burst[] times = new Burst[rounds];
        for (int round = 0; round < rounds; round++) {
            cloud.awaitRest();
            times[round] = burst(cloud.gatewayPort(), REQUESTS);
        }
        return times;
    }

    /** Each deployment is a service of which nothing is known. */
    private static void measureEach(BenchCloud cloud, String[] options, List<Figure> figures)
            throws Exception {
        Burst[] first = new Burst[SERVICES];
        Burst[] next = new Burst[SERVICES];
        double[] stagedFirst = new double[SERVICES];
        double[] stagedNext = new double[SERVICES];
        double[] after = new double[SERVICES];
        for (int service = 0; service < SERVICES; service++) {
            cloud.remove("burst");
            deploy(cloud, options);
            long deployed = System.nanoTime();
            stagedFirst[service] = awaitStaged(cloud);
            after[service] = (System.nanoTime() - deployed) / NANOS_PER_MILLI;
            first[service] = burst(cloud.gatewayPort(), REQUESTS);
            stagedNext[service] = awaitStaged(cloud);
            next[service] = burst(cloud.gatewayPort(), REQUESTS);
        }
        String what = "an instance each, first burst";
        figures.add(new Figure(what + ", staged before", "", median(stagedFirst), null, null));
        figures.add(figure(what + ", staged after its deployment within", median(after), null));
        addFigures(what, first, figures);
        what = "an instance each, next burst";
        figures.add(new Figure(what + ", staged before", "", median(stagedNext), null, null));
        addFigures(what, next, figures);
    }

    private static void addFigures(String what, Burst[] bursts, List<Figure> figures) {
        double[][] times = Arrays.stream(bursts).map(Burst::millis).toArray(double[][]::new);
        figures.add(figure(what + ", p50", median(times, 50), null));
        figures.add(figure(what + ", p99", median(times, 99), null));
        figures.add(figure(what + ", last", median(times, 100), new Goal(Goal.Kind.AT_MOST, 300)));
        double used = median(Arrays.stream(bursts).mapToDouble(Burst::processorMillis).toArray());
        figures.add(figure(what + ", processor time of each with its client's", used, null));
    }

    /** Waits until no instance is there and clones for all are staged, or no more; answers how many. */
    private static int awaitStaged(BenchCloud cloud) throws IOException {
        cloud.awaitRest();
        int staged = 0;
        long since = System.nanoTime();
        while (staged < REQUESTS && System.nanoTime() - since < SETTLED_NANOS) {
            LockSupport.parkNanos(LOOK_NANOS);
            int now = StagedClones.SHARED.ready();
            if (now != staged) {
                staged = now;
                since = System.nanoTime();
            }
        }
        return staged;
    }

    private static double median(double[][] bursts, double percent) {
        double[] values = new double[bursts.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Samples.of(bursts[i]).percentile(percent);
        }
        return median(values);
    }

    private static double median(double[] values) {
        return Samples.of(values).median();
    }

    private static Figure figure(String what, double millis, @Nullable Goal goal) {
        return new Figure(what, "ms", millis, null, goal);
    }

    private static Burst burst(int port, int count) throws Exception {
        CountDownLatch ready = new CountDownLatch(count);
        CountDownLatch begin = new CountDownLatch(1);
        List<Future<Long>> ends = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            FutureTask<Long> request = new FutureTask<>(() -> request(port, ready, begin));
            Thread.startVirtualThread(request);
            ends.add(request);
        }
        ready.await();
        long usedBefore = processorNanos();
        long start = System.nanoTime();
        begin.countDown();
        double[] millis = new double[count];
        for (int i = 0; i < count; i++) {
            try {
                millis[i] = (ends.get(i).get() - start) / NANOS_PER_MILLI;
            } catch (ExecutionException lost) {
                throw new IOException("a request was lost: " + lost.getCause(), lost);
            }
        }
        long used = processorNanos() - usedBefore;
        return new Burst(millis, used / NANOS_PER_MILLI / count);
    }

    private static long processorNanos() {
        return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    private static long request(int port, CountDownLatch ready, CountDownLatch begin)
            throws IOException, InterruptedException {
        String request = "GET / HTTP/1.1\r\nHost: burst.localhost\r\nConnection: close\r\n\r\n";
        ByteBuffer answer = ByteBuffer.allocate(1 << 14);
        try (SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port))) {
            ready.countDown();
            begin.await();
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            while (channel.read(answer) >= 0 && answer.hasRemaining()) {
                // The answer is of one small page.
            }
        }
        long end = System.nanoTime();
        String head = StandardCharsets.US_ASCII.decode(answer.flip()).toString();
        if (!head.startsWith("HTTP/1.1 200 ")) {
            throw new IOException("the answer was " + head.lines().findFirst().orElse("nothing"));
        }
        return end;
    }
}
