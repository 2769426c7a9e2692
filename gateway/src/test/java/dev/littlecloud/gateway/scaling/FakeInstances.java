package dev.littlecloud.gateway.scaling;

import dev.littlecloud.gateway.service.Backend;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Instances that start, fail and crash when a test says so. */
final class FakeInstances implements InstanceSource {
    /** One of them. */
    static final class Fake implements Running {
        private final Backend backend;
        private final CompletableFuture<String> ended = new CompletableFuture<>();
        boolean stopped;

        Fake(int number) {
            backend = new Backend.Host(InetSocketAddress.createUnresolved("fake", number));
        }

        @Override
        public Backend backend() {
            return backend;
        }

        @Override
        public CompletionStage<String> ended() {
            return ended;
        }

        @Override
        public void stop() {
            stopped = true;
            ended.complete("stopped");
        }

        void crash(String why) {
            ended.complete(why);
        }
    }

    final ArrayDeque<CompletableFuture<Running>> pending = new ArrayDeque<>();
    final List<Fake> all = new ArrayList<>();
    int starts;

    @Override
    public CompletableFuture<Running> start() {
        starts++;
        CompletableFuture<Running> future = new CompletableFuture<>();
        pending.add(future);
        return future;
    }

    Fake ready() {
        Fake instance = new Fake(all.size() + 1);
        all.add(instance);
        pending.remove().complete(instance);
        return instance;
    }

    void allReady() {
        while (!pending.isEmpty()) {
            ready();
        }
    }

    void fail(String why) {
        pending.remove().completeExceptionally(new IllegalStateException(why));
    }

    long alive() {
        return all.stream().filter(instance -> !instance.ended.isDone()).count();
    }
}
