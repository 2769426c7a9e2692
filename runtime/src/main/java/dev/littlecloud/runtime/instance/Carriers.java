package dev.littlecloud.runtime.instance;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Platform threads for processors, kept for a while when an instance is idle. */
final class Carriers {
    private static final ExecutorService THREADS =
            Executors.newCachedThreadPool(
                    Thread.ofPlatform().daemon().name("vcpu-carrier-", 0).factory());

    private Carriers() {}

    static void start(String name, Runnable loop) {
        THREADS.execute(
                () -> {
                    Thread self = Thread.currentThread();
                    String before = self.getName();
                    self.setName(name);
                    try {
                        loop.run();
                    } finally {
                        self.setName(before);
                    }
                });
    }
}
