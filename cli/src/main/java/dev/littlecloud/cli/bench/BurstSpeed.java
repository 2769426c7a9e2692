package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Goal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * So many requests at once for a service without instances, through the gateway of a cloud: with an
 * instance for each, and with instances that take up to 20 each.
 */
record BurstSpeed(Path home) implements Benchmark {
    private static final int REQUESTS = 100;
    private static final int ROUNDS = 7;
    private static final int WARM_UP_ROUNDS = 12;
    private static final double NANOS_PER_MILLI = 1e6;

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
            String[] each = {"--isolation", "request", "--max", "100", "--idle", "1s"};
            measure("an instance each", each, image, cloud, figures);
            String[] few = {"--isolation", "instance", "--max", "10", "--idle", "1s"};
            measure("20 in an instance", few, image, cloud, figures);
        }
        return figures;
    }

    private static void measure(
            String what, String[] options, String image, BenchCloud cloud, List<Figure> figures)
            throws Exception {
        List<String> words = new ArrayList<>(List.of("burst", image));
        words.addAll(List.of(options));
        cloud.deploy(words.toArray(String[]::new));
        double[][] times = new double[ROUNDS][];
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            cloud.awaitRest();
            double[] burst = burst(cloud.gatewayPort());
            if (round >= 0) {
                times[round] = burst;
            }
        }
        figures.add(figure(what + ", p50", median(times, 50), null));
        figures.add(figure(what + ", p99", median(times, 99), null));
        figures.add(figure(what + ", last", median(times, 100), new Goal(Goal.Kind.AT_MOST, 300)));
    }

    private static double median(double[][] bursts, double percent) {
        double[] values = new double[bursts.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Samples.of(bursts[i]).percentile(percent);
        }
        return Samples.of(values).median();
    }

    private static Figure figure(String what, double millis, @Nullable Goal goal) {
        return new Figure(what, "ms", millis, null, goal);
    }

    /** Milliseconds from the moment all begin to the end of each answer. */
    private static double[] burst(int port) throws Exception {
        CountDownLatch ready = new CountDownLatch(REQUESTS);
        CountDownLatch begin = new CountDownLatch(1);
        List<Future<Long>> ends = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            FutureTask<Long> request = new FutureTask<>(() -> request(port, ready, begin));
            Thread.startVirtualThread(request);
            ends.add(request);
        }
        ready.await();
        long start = System.nanoTime();
        begin.countDown();
        double[] millis = new double[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            try {
                millis[i] = (ends.get(i).get() - start) / NANOS_PER_MILLI;
            } catch (ExecutionException lost) {
                throw new IOException("a request was lost: " + lost.getCause(), lost);
            }
        }
        return millis;
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
