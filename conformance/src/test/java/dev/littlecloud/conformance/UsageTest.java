package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.Template;
import dev.littlecloud.runtime.template.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What an instance is said to have used. */
class UsageTest {
    private static final String BUSY =
            "exec nc -ll -p 8080 -e /bin/sh -c"
                    + " 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo $i'";

    /** With so many others for each processor it gets a quarter of one, or little more. */
    private static final int OTHERS = 3;

    @Test
    void nobodyPaysForTheTimeThatOthersHadTheProcessor() throws Exception {
        int others = OTHERS * Runtime.getRuntime().availableProcessors();
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        try (Template template = TemplatesTest.boot(BUSY);
                Clone clone = template.start(CloneListener.NONE)) {
            for (int i = 0; i < others; i++) {
                threads.add(Thread.ofPlatform().start(() -> spin(done)));
            }
            long begin = System.nanoTime();
            assertThat(TemplatesTest.exchange(clone, "")).isEqualTo("300000\n");
            long took = System.nanoTime() - begin;
            Usage usage = clone.usage();
            assertThat(usage.guestNanos()).isPositive();
            assertThat(usage.kernelNanos()).isPositive();
            assertThat(usage.guestNanos() + usage.kernelNanos()).isLessThan(took * 3 / 4);
        } finally {
            done.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static void spin(AtomicBoolean done) {
        while (!done.get()) {
            Thread.onSpinWait();
        }
    }
}
