package dev.littlecloud.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.littlecloud.sys.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class SmallShareTest {
    private static final long DEADLINE_NANOS = 60_000_000_000L;

    @BeforeAll
    static void needsRightToGiveMoreAgain() throws Exception {
        List<Boolean> taken = new ArrayList<>();
        inThread(
                () -> {
                    long until = System.nanoTime() + DEADLINE_NANOS;
                    while (!SmallShare.take() && isTrying() && System.nanoTime() < until) {
                        Thread.onSpinWait();
                    }
                    taken.add(SmallShare.take());
                    SmallShare.giveBack();
                });
        assumeTrue(taken.getFirst(), "a thread with a small share keeps it here");
    }

    private static boolean isTrying() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("share-trial"));
    }

    @Test
    void whoTakesItHasLessUntilItIsGivenBack() throws Exception {
        List<Integer> seen = new ArrayList<>();
        inThread(
                () -> {
                    seen.add(ownNice());
                    SmallShare.take();
                    seen.add(ownNice());
                    SmallShare.mendOthers();
                    seen.add(ownNice());
                    SmallShare.giveBack();
                    seen.add(ownNice());
                });
        int before = seen.getFirst();
        int small = seen.get(1);
        assertThat(small).isGreaterThan(before);
        assertThat(seen).containsExactly(before, small, small, before);
    }

    @Test
    void threadsThatItStartsHaveAsMuchAsOthersAtOnceOrAreFound() throws Exception {
        List<Integer> seen = new ArrayList<>();
        inThread(
                () -> {
                    seen.add(ownNice());
                    SmallShare.take();
                    inThread(
                            () -> {
                                SmallShare.takeNone();
                                seen.add(ownNice());
                            });
                    inThread(
                            () -> {
                                SmallShare.mendOthers();
                                seen.add(ownNice());
                            });
                    SmallShare.giveBack();
                });
        assertThat(seen).hasSize(3).containsOnly(seen.getFirst());
    }

    @Test
    void whoHasNoneGivesNoneBack() throws Exception {
        inThread(
                () -> {
                    int before = ownNice();
                    SmallShare.giveBack();
                    assertThat(ownNice()).isEqualTo(before);
                });
    }

    @FunctionalInterface
    private interface Steps {
        void run() throws Exception;
    }

    private static void inThread(Steps steps) throws Exception {
        FutureTask<Boolean> task =
                new FutureTask<>(
                        () -> {
                            steps.run();
                            return true;
                        });
        Thread.ofPlatform().start(task);
        assertThat(task.get()).isTrue();
    }

    private static int ownNice() throws IOException {
        Path stat = Path.of("/proc/self/task/" + Threads.currentId() + "/stat");
        String text = Files.readString(stat);
        return Integer.parseInt(text.substring(text.lastIndexOf(')') + 2).split(" ", -1)[16]);
    }
}
