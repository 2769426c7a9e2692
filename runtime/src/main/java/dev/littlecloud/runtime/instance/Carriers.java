package dev.littlecloud.runtime.instance;

import dev.littlecloud.runtime.host.SmallShare;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/** Platform threads for processors, kept for a while when an instance is idle. */
final class Carriers {
    private static final ThreadFactory FACTORY =
            Thread.ofPlatform().daemon().name("vcpu-carrier-", 0).factory();

    private static final ExecutorService THREADS =
            Executors.newCachedThreadPool(task -> FACTORY.newThread(() -> begin(task)));

    private Carriers() {}

    private static void begin(Runnable task) {
        SmallShare.takeNone();
        task.run();
    }

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
