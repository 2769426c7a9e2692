package dev.littlecloud.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.image.layer.LayerCache;
import dev.littlecloud.image.registry.RegistryClient;
import dev.littlecloud.image.source.ImageSource;
import dev.littlecloud.image.source.RegistrySource;
import dev.littlecloud.image.testing.TarBuilder;
import dev.littlecloud.image.testing.TestImages;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads that break off, from a registry that breaks them off on purpose. */
class ResumedPullTest {
    private static final byte[] LAYER = new TarBuilder().file("file", noise()).build();

    @TempDir private Path directory;

    private static byte[] noise() {
        byte[] noise = new byte[100_000];
        new Random(5).nextBytes(noise);
        return noise;
    }

    /** Serves an OCI layout. */
    private final class BreakingRegistry implements RegistryClient {
        private final Path layout;
        private final Digest manifest;
        private final ConcurrentLinkedQueue<Long> offsets = new ConcurrentLinkedQueue<>();
        private int bytesEachTime = Integer.MAX_VALUE;
        private boolean knowsRanges = true;
        private boolean isHonest = true;

        BreakingRegistry() {
            layout = directory.resolve("layout");
            TestImages.Layout made = new TestImages.Layout(layout);
            String descriptor = made.image("amd64", LAYER);
            made.tagged(descriptor, "v").write();
            manifest = Digest.parse(descriptor.replaceFirst(".*\"(sha256:[0-9a-f]+)\".*", "$1"));
        }

        private byte[] read(Digest digest) {
            try {
                return Files.readAllBytes(layout.resolve("blobs/sha256").resolve(digest.hex()));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public byte[] manifest(String reference) {
            return read(reference.equals("v") ? manifest : Digest.parse(reference));
        }

        @Override
        public Blob blob(Digest digest, long offset) {
            offsets.add(offset);
            byte[] bytes = read(digest);
            if (!isHonest) {
                bytes[0] ^= 1;
            }
            int from = knowsRanges ? (int) offset : 0;
            byte[] rest = Arrays.copyOfRange(bytes, from, bytes.length);
            boolean isConfig = bytes.length < 1_000;
            int length = isConfig ? rest.length : Math.min(rest.length, bytesEachTime);
            InputStream body = new ByteArrayInputStream(rest, 0, length);
            return new Blob(length < rest.length ? new Breaking(body) : body, from);
        }

        @Override
        public void close() {}
    }

    private static final class Breaking extends FilterInputStream {
        Breaking(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            if (read < 0) {
                throw new IOException("connection reset");
            }
            return read;
        }
    }

    private byte[] pull(RegistryClient client) throws IOException {
        return pull(client, ImageLimits.DEFAULT);
    }

    private byte[] pull(RegistryClient client, ImageLimits limits) throws IOException {
        Path scratch = Files.createTempDirectory(directory, "scratch");
        RegistryName name = (RegistryName) ImageReference.parse("localhost:1/app:v");
        try (ImageSource source =
                        new RegistrySource(
                                client,
                                name,
                                new LayerCache(directory.resolve("blobs")),
                                scratch,
                                limits,
                                attempt -> {},
                                Progress.NONE);
                InputStream layer =
                        source.images().getFirst().layers().getFirst().opener().open()) {
            return layer.readAllBytes();
        }
    }

    @Test
    void takesUpWhereItBrokeOff() throws Exception {
        BreakingRegistry registry = new BreakingRegistry();
        byte[] packed = TestImages.gzip(LAYER);
        int part = packed.length / 3 + 1;
        registry.bytesEachTime = part;

        assertThat(pull(registry)).isEqualTo(packed);
        assertThat(registry.offsets).containsExactly(0L, 0L, (long) part, 2L * part);
    }

    @Test
    void beginsAnewWhereTheRegistryKnowsNoRanges() {
        BreakingRegistry registry = new BreakingRegistry();
        registry.bytesEachTime = 300;
        registry.knowsRanges = false;

        assertThatThrownBy(() -> pull(registry))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("connection reset");
        assertThat(registry.offsets).hasSize(6);
    }

    @Test
    void refusesOtherBytes() {
        BreakingRegistry registry = new BreakingRegistry();
        registry.isHonest = false;

        assertThatThrownBy(() -> pull(registry))
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.DIGEST_MISMATCH));
        assertThat(directory.resolve("blobs/sha256")).isEmptyDirectory();
    }

    @Test
    void fetchesNothingOfAnImageThatIsTooLarge() {
        BreakingRegistry registry = new BreakingRegistry();

        assertThatThrownBy(() -> pull(registry, new ImageLimits(50_000, 10, 10, 10)))
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED));
        assertThat(registry.offsets).isEmpty();
    }
}
