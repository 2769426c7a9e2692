package dev.littlecloud.image.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ImageConfig;
import dev.littlecloud.image.ImageConfig.ExposedPort;
import dev.littlecloud.image.ImageConfig.Healthcheck;
import dev.littlecloud.image.ImageException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class InfoCodecTest {
    private static final Path FILE = Path.of("info");
    private static final ImageInfo FULL =
            new ImageInfo(
                    new ImageConfig(
                            List.of("/entry", "point"),
                            List.of("größe", ""),
                            List.of("A=b", "PATH=/bin"),
                            "user:group",
                            "/srv",
                            List.of(new ExposedPort(80, "tcp"), new ExposedPort(53, "udp")),
                            List.of("/data"),
                            Optional.of("SIGQUIT"),
                            Optional.of(
                                    new Healthcheck(
                                            List.of("CMD", "true"),
                                            Duration.ofSeconds(30),
                                            Duration.ofMillis(5),
                                            Duration.ZERO,
                                            4)),
                            Map.of("a", "b", "c", ""),
                            Instant.parse("2024-01-02T03:04:05.678Z")),
                    Optional.of(Digest.sha256(new byte[] {1})),
                    List.of(Digest.sha256(new byte[] {2}), Digest.sha256(new byte[] {3})));

    @Test
    void givesBackWhatWentIn() {
        assertThat(InfoCodec.decode(InfoCodec.encode(FULL), FILE)).isEqualTo(FULL);
        ImageInfo empty = new ImageInfo(ImageConfig.EMPTY, Optional.empty(), List.of());
        assertThat(InfoCodec.decode(InfoCodec.encode(empty), FILE)).isEqualTo(empty);
    }

    @Test
    void refusesEveryChangedByteAndEveryCut() {
        byte[] good = InfoCodec.encode(FULL);
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            assertRefused(bad);
            assertRefused(Arrays.copyOf(good, i));
        }
        assertRefused(Arrays.copyOf(good, good.length + 1));
    }

    /** With a right checksum anything may come out, but only as an info or an ImageException. */
    @Test
    void survivesDamageThatTheChecksumDoesNotShow() {
        byte[] good = InfoCodec.encode(FULL);
        long seed = Long.getLong("seed", 20261121);
        System.out.println("InfoCodecTest.survivesDamage seed " + seed);
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = good.clone();
            for (int j = random.nextInt(4); j >= 0; j--) {
                bytes[random.nextInt(bytes.length - 4)] = (byte) random.nextInt();
            }
            CRC32 crc = new CRC32();
            crc.update(bytes, 0, bytes.length - 4);
            ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
            try {
                InfoCodec.decode(bytes, FILE);
            } catch (ImageException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(1, 19_999);
    }

    private static void assertRefused(byte[] bytes) {
        assertThatThrownBy(() -> InfoCodec.decode(bytes, FILE)).isInstanceOf(ImageException.class);
    }
}
