package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.Image;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.PullPolicy;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Somebody damages an image's contents while an instance runs from them. That instance may end; this
 * process and an instance of another image do not notice.
 */
@Timeout(120)
class DamagedImageTest {
    private static final int SIGKILL = 9;
    private static final int ANSWERS = 50;
    private static final long SEED = Long.getLong("seed", 20261121);

    /** Reads files, maps programs and starts them for each line. */
    private static final List<String> WORK =
            List.of(
                    "/bin/busybox",
                    "sh",
                    "-c",
                    "echo go; while read line; do cat /bin/busybox | md5sum; echo $line; done");

    @TempDir private Path directory = Path.of("");

    enum Damage {
        CUT_TO_NOTHING(true) {
            @Override
            void happen(FileChannel blob) throws IOException {
                blob.truncate(0);
            }
        },
        CUT_IN_THE_MIDDLE_OF_A_PAGE(false) {
            @Override
            void happen(FileChannel blob) throws IOException {
                blob.truncate(blob.size() / 2 + 1000);
            }
        },
        NOISE(false) {
            @Override
            void happen(FileChannel blob) throws IOException {
                byte[] noise = new byte[(int) blob.size()];
                new Random(SEED).nextBytes(noise);
                blob.write(ByteBuffer.wrap(noise), 0);
            }
        };

        /** Whether no instruction of the program is left. */
        private final boolean isTotal;

        Damage(boolean isTotal) {
            this.isTotal = isTotal;
        }

        abstract void happen(FileChannel blob) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    void harmsNobodyElse(Damage damage) throws Exception {
        Image image = image();
        try (GuestService neighbour =
                        new GuestService(
                                Suite.get().image(),
                                InstanceSpec.DEFAULT,
                                List.of("/bin/busybox", "cat"));
                GuestService victim = new GuestService(image, InstanceSpec.DEFAULT, WORK)) {
            assertThat(victim.line()).as(victim.complaints()).isEqualTo("go");
            victim.type("whole");
            assertThat(victim.line()).endsWith("  -");
            assertThat(victim.line()).isEqualTo("whole");
            try (FileChannel blob =
                    FileChannel.open(image.tree().blob(), StandardOpenOption.WRITE)) {
                damage.happen(blob);
            }
            victim.type("damaged");
            requireAnswers(neighbour);
            if (!damage.isTotal) {
                victim.signal(SIGKILL);
            }
            assertThat(victim.exit().code()).as(victim.complaints()).isNotZero();
            requireAnswers(neighbour);
            requireNoStart(image);
            requireAnswers(neighbour);
        }
    }

    /** Another instance of what is damaged does not get far, and says so. */
    private static void requireNoStart(Image image) throws Exception {
        try (GuestService another = new GuestService(image, InstanceSpec.DEFAULT, WORK)) {
            another.signal(SIGKILL);
            ExitStatus end = another.exit();
            assertThat(end.code()).isNotZero();
        } catch (InstanceException refused) {
            assertThat(refused).hasMessageContaining("could not be made");
        }
    }

    private static void requireAnswers(GuestService neighbour) throws Exception {
        for (int i = 0; i < ANSWERS; i++) {
            neighbour.type("question " + i);
            assertThat(neighbour.line()).isEqualTo("question " + i);
        }
    }

    /** An image of its own: busybox and its applets. */
    private Image image() throws IOException, InterruptedException {
        Path root = directory.resolve("root");
        Files.createDirectories(root.resolve("bin"));
        for (String empty : List.of("dev", "proc", "sys", "tmp")) {
            Files.createDirectories(root.resolve(empty));
        }
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        for (String applet : List.of("cat", "md5sum")) {
            Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
        }
        Path archive = RootImage.pack(root, directory.resolve("image"));
        return ImageStore.open(directory.resolve("store"))
                .resolve(
                        ImageReference.parse("docker-archive:" + archive),
                        PullPolicy.MISSING,
                        Progress.NONE);
    }
}
