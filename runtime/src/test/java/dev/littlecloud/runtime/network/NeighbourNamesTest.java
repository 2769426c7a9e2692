package dev.littlecloud.runtime.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.net.HostStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NeighbourNamesTest {
    private static final int TYPE_AAAA = 28;
    private static final int NO_SUCH_NAME = 3;
    private static final int REDIS = 172 << 24 | 20 << 16 | 1 << 8 | 7;

    private static final Neighbours NEIGHBOURS =
            new Neighbours() {
                @Override
                public boolean exist() {
                    return true;
                }

                @Override
                public OptionalInt address(String name) {
                    return name.equals("redis") ? OptionalInt.of(REDIS) : OptionalInt.empty();
                }

                @Override
                public Optional<String> name(int address) {
                    return address == REDIS ? Optional.of("redis") : Optional.empty();
                }

                @Override
                public boolean owns(int address) {
                    return address >>> 16 == REDIS >>> 16;
                }

                @Override
                public int permits(int address, int port) {
                    return 0;
                }

                @Override
                public @Nullable HostStream connect(int address, int port) {
                    return null;
                }
            };

    private static byte[] question(String name, int type) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(new byte[] {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String label : name.split("\\.")) {
            message.write(label.length());
            message.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        message.writeBytes(new byte[] {0, 0, (byte) type, 0, 1});
        return message.toByteArray();
    }

    private static ByteBuffer answer(String name, int type) {
        byte[] query = question(name, type);
        byte[] answer = NeighbourNames.answer(query, NEIGHBOURS).orElseThrow();
        assertThat(DnsMessage.answers(query, answer, answer.length)).isTrue();
        return ByteBuffer.wrap(answer);
    }

    private static int code(ByteBuffer answer) {
        return answer.get(3) & 15;
    }

    private static int records(ByteBuffer answer) {
        return answer.getShort(6);
    }

    @Test
    void aServiceHasAnAddressWhateverTheCase() {
        ByteBuffer answer = answer("Redis.INTERNAL", DnsMessage.TYPE_A);

        assertThat(code(answer)).isZero();
        assertThat(records(answer)).isEqualTo(1);
        assertThat(answer.getInt(answer.capacity() - 4)).isEqualTo(REDIS);
    }

    @Test
    void aServiceHasNothingElse() {
        ByteBuffer answer = answer("redis.internal", TYPE_AAAA);

        assertThat(code(answer)).isZero();
        assertThat(records(answer)).isZero();
    }

    @Test
    void otherNamesOfTheDomainAreNotThere() {
        for (String name : new String[] {"other.internal", "a.redis.internal", "internal"}) {
            assertThat(code(answer(name, DnsMessage.TYPE_A))).isEqualTo(NO_SUCH_NAME);
        }
    }

    @Test
    void anAddressHasAName() {
        ByteBuffer answer = answer("7.1.20.172.in-addr.arpa", DnsMessage.TYPE_PTR);

        assertThat(records(answer)).isEqualTo(1);
        assertThat(StandardCharsets.ISO_8859_1.decode(answer).toString())
                .endsWith("\u0005redis\u0008internal\u0000");
        assertThat(code(answer("8.1.20.172.in-addr.arpa", DnsMessage.TYPE_PTR)))
                .isEqualTo(NO_SUCH_NAME);
    }

    @Test
    void otherDomainsAreForTheHost() {
        for (String name : new String[] {"example.org", "internal.org", "1.0.0.10.in-addr.arpa"}) {
            assertThat(NeighbourNames.answer(question(name, DnsMessage.TYPE_A), NEIGHBOURS))
                    .isEmpty();
        }
        byte[] redis = question("redis.internal", DnsMessage.TYPE_A);
        assertThat(NeighbourNames.answer(redis, Neighbours.NONE)).isEmpty();
    }

    @Test
    void anyBytesAreAnsweredOrLeftToTheHost() {
        long seed = Long.getLong("seed", 20261121);
        Random random = new Random(seed);
        byte[] good = question("redis.internal", DnsMessage.TYPE_A);
        for (int i = 0; i < 20_000; i++) {
            byte[] query = new byte[random.nextInt(good.length + 8)];
            System.arraycopy(good, 0, query, 0, Math.min(good.length, query.length));
            for (int change = random.nextInt(6); change > 0 && query.length > 0; change--) {
                query[random.nextInt(query.length)] = (byte) random.nextInt();
            }
            Optional<byte[]> answer = NeighbourNames.answer(query, NEIGHBOURS);
            assertThat(answer.map(bytes -> bytes.length).orElse(0))
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(query.length + 64);
        }
    }
}
