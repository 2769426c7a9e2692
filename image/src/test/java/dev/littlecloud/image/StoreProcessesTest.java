package dev.littlecloud.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.littlecloud.image.testing.TarBuilder;
import dev.littlecloud.image.testing.TestImages;
import dev.littlecloud.image.testing.Tools;
import dev.littlecloud.image.testing.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one store, and processes that are killed. */
class StoreProcessesTest {
    @TempDir private Path directory;
    private Path data = Path.of("");
    private String archive = "";
    private byte[] noise = new byte[0];

    @BeforeEach
    void makeArchive() throws IOException {
        data = directory.resolve("data");
        noise = new byte[8 << 20];
        new Random(3).nextBytes(noise);
        TarBuilder layer = new TarBuilder().file("noise", noise);
        for (int i = 0; i < 2_000; i++) {
            layer.file("dir/file" + i, "contents " + i);
        }
        byte[] bytes = TestImages.dockerArchive("app:v1", "{}", layer.build());
        archive = "docker-archive:" + Files.write(directory.resolve("app.tar"), bytes);
    }

    private static String output(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).describedAs(output).isZero();
        return output;
    }

    private void assertWhole(ImageStore store) {
        Image image = store.inspect("app:v1");
        assertThat(Trees.bytes(image.tree(), "noise")).isEqualTo(noise);
        assertThat(Trees.text(image.tree(), "dir/file1999")).isEqualTo("contents 1999");
    }

    private void assertNothingLeft() {
        assertThat(data.resolve("images/tmp")).isEmptyDirectory();
        try (Stream<Path> trees = Files.list(data.resolve("images/trees-1"))) {
            assertThat(trees.count()).isLessThanOrEqualTo(1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void twoProcessesLoadOneImageAtOnce() throws Exception {
        Process first = StoreProcess.start("load", data.toString(), archive, "2");
        Process second = StoreProcess.start("load", data.toString(), archive, "2");

        assertThat(output(first)).endsWith("done\n");
        assertThat(output(second)).endsWith("done\n");
        assertWhole(ImageStore.open(data));
        assertNothingLeft();
    }

    @Test
    void processesThatLoadAndRemoveDoNotDisturbEachOther() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(StoreProcess.start("churn", data.toString(), archive, "3"));
        }
        for (Process process : processes) {
            assertThat(output(process)).endsWith("done\n");
        }
        ImageStore store = ImageStore.open(data);
        store.load(ImageReference.parse(archive), Progress.NONE);
        assertWhole(store);
        assertNothingLeft();
    }

    @Test
    void threadsOfOneProcessDoNotDisturbEachOther() throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 4; i++) {
            Thread thread =
                    new Thread(
                            () ->
                                    StoreProcess.main(
                                            new String[] {"churn", data.toString(), archive, "3"}));
            thread.setUncaughtExceptionHandler((t, failure) -> failures.add(failure));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertNothingLeft();
    }

    /** Until the process has a temporary folder, or has ended. */
    private void awaitUnpacking(Process process) throws IOException {
        Path temporary = data.resolve("images/tmp");
        while (process.isAlive()) {
            if (Files.isDirectory(temporary)) {
                try (Stream<Path> work = Files.list(temporary)) {
                    if (work.anyMatch(folder -> Files.exists(folder.resolve("tree/blob")))) {
                        return;
                    }
                }
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void aKilledProcessLeavesNoPartialImage() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("StoreProcessesTest.aKilledProcessLeavesNoPartialImage seed " + seed);
        Random random = new Random(seed);
        int killedAtWork = 0;
        for (int i = 0; i < 4; i++) {
            Process process = StoreProcess.start("load", data.toString(), archive, "1");
            awaitUnpacking(process);
            // Any moment will do; over the runs they differ.
            Thread.sleep(random.nextInt(100));
            if (process.destroyForcibly().waitFor() != 0) {
                killedAtWork++;
            }
            ImageStore store = ImageStore.open(data);
            assertThat(data.resolve("images/tmp")).isEmptyDirectory();
            if (store.list().stream().anyMatch(image -> !image.names().isEmpty())) {
                assertWhole(store);
                store.remove("app:v1");
            }
        }
        assertThat(killedAtWork).isPositive();
        ImageStore store = ImageStore.open(data);
        store.load(ImageReference.parse(archive), Progress.NONE);
        assertWhole(store);
        assertNothingLeft();
    }

    /** On a file system of a few megabytes in a mount namespace of its own. */
    @Test
    void aFullDiskGivesOneLineAndLeavesNothing() throws Exception {
        Tools.require("unshare", "mount");
        Files.createDirectories(data);
        String mount =
                "mount -t tmpfs -o size=4m none "
                        + data
                        + " 2>&1 || exit 99; "
                        + "\"$@\"; echo code $?; ls "
                        + data
                        + "/images/tmp "
                        + data
                        + "/images/trees-1 | wc -w";
        List<String> command =
                new ArrayList<>(
                        List.of("unshare", "--user", "--map-root-user", "--mount", "sh", "-c"));
        command.add(mount);
        command.add("sh");
        command.addAll(StoreProcess.command("load", data.toString(), archive, "1"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(process.waitFor() == 0, "needs mounts in a user namespace: " + output.strip());

        assertThat(output)
                .contains("DISK_FULL", "no space left on the disk", "code 1")
                // Two titles of ls and nothing below them.
                .endsWith("2\n");
    }
}
