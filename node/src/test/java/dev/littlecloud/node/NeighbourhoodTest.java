package dev.littlecloud.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.control.model.JsonFields;
import dev.littlecloud.control.model.ServiceSpec;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.kernel.net.LostStream;
import dev.littlecloud.runtime.network.Neighbours;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NeighbourhoodTest {
    private static final int METADATA = 169 << 24 | 254 << 16 | 169 << 8 | 254;

    private record Opened(Service to, InetSocketAddress from, Runnable whenClosed) {}

    @TempDir private Path directory;
    private final List<Opened> opened = new ArrayList<>();
    private Neighbourhood all;

    @BeforeEach
    void open() throws IOException {
        all = new Neighbourhood(new ServiceAddresses(directory.resolve("addresses")));
        all.carrier(
                (service, protocol, from, whenClosed) -> {
                    opened.add(new Opened(service, from, whenClosed));
                    return LostStream.INSTANCE;
                });
    }

    private void lead(String owner, String service, Optional<Integer> port) {
        String json = "{\"image\":\"any\",\"protocol\":\"tcp\"}";
        ServiceSpec spec =
                ServiceSpec.read(JsonFields.parse(json.getBytes(StandardCharsets.UTF_8)));
        all.lead(owner, new Expected(service, spec), spec, port);
    }

    @Test
    void servicesOfOneOwnerReachEachOther() {
        Neighbours app = all.seenBy("me", "app");
        lead("me", "redis", Optional.of(6379));
        int redis = app.address("redis").orElseThrow();

        assertThat(app.owns(redis)).isTrue();
        assertThat(app.name(redis)).contains("redis");
        assertThat(app.permits(redis, 6379)).isZero();
        assertThat(app.permits(redis, 80)).isZero();
        assertThat(app.permits(redis, 22)).isEqualTo(Errno.ECONNREFUSED);
        HostStream stream = app.connect(redis, 6379);

        assertThat(stream).isNotNull();
        assertThat(opened.getFirst().to().name()).isEqualTo("redis");
        int own = opened.getFirst().from().getAddress().hashCode();
        assertThat(all.seenBy("me", "redis").name(own)).isEmpty();
        lead("me", "app", Optional.empty());
        assertThat(all.seenBy("me", "redis").name(own)).contains("app");
        assertThat(all.place("redis")).isEqualTo("redis.internal:6379");
    }

    @Test
    void servicesOfOthersAreNotThere() {
        lead("you", "redis", Optional.of(6379));
        int redis = all.seenBy("you", "app").address("redis").orElseThrow();
        Neighbours mine = all.seenBy("me", "mine");

        assertThat(mine.address("redis")).isEmpty();
        assertThat(mine.name(redis)).isEmpty();
        assertThat(mine.permits(redis, 6379)).isEqualTo(Errno.EHOSTUNREACH);
        assertThat(mine.connect(redis, 6379)).isNull();
        // What is nobody's address is not the host's either.
        assertThat(mine.owns(redis + 1000)).isTrue();
        assertThat(mine.owns(METADATA)).isFalse();
    }

    @Test
    void aServiceThatIsGoneOrSomebodyElsesIsNotReached() {
        Neighbours app = all.seenBy("me", "app");
        lead("me", "redis", Optional.of(6379));
        int redis = app.address("redis").orElseThrow();

        all.forget("redis");
        assertThat(app.address("redis")).isEmpty();
        assertThat(app.permits(redis, 6379)).isEqualTo(Errno.EHOSTUNREACH);
        lead("you", "redis", Optional.of(6379));
        assertThat(app.connect(redis, 6379)).isNull();
        lead("me", "redis", Optional.of(6379));
        assertThat(app.address("redis")).hasValue(redis);
    }

    @Test
    void connectionsAreBounded() {
        Neighbours app = all.seenBy("me", "app");
        lead("me", "redis", Optional.empty());
        int redis = app.address("redis").orElseThrow();

        int count = 0;
        while (count < 10_000 && app.connect(redis, 1) != null) {
            count++;
        }
        assertThat(count).isEqualTo(2048);
        opened.getLast().whenClosed().run();
        assertThat(app.connect(redis, 1)).isNotNull();
    }

    @Test
    void addressesAreKeptOverRestarts() throws IOException {
        lead("me", "first", Optional.empty());
        lead("me", "second", Optional.empty());
        int second = all.seenBy("me", "x").address("second").orElseThrow();
        Path file = directory.resolve("addresses");
        Files.writeString(file, Files.readString(file) + "half a li");

        ServiceAddresses again = new ServiceAddresses(file);
        again.assign("third", name -> true);

        assertThat(again.address("second")).hasValue(second);
        assertThat(again.address("third").orElseThrow()).isNotIn(second, second - 1);
    }

    @Test
    void addressesOfThoseThatAreGoneAreGivenAgain() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int number = 256; number <= 0xFFFE; number++) {
            lines.append("s").append(number).append(' ').append(number).append('\n');
        }
        Path file = Files.writeString(directory.resolve("many"), lines);
        ServiceAddresses full = new ServiceAddresses(file);

        full.assign("new", name -> !name.equals("s777"));
        full.assign("newer", name -> !name.equals("s777"));

        assertThat(full.address("new").orElseThrow() & 0xFFFF).isEqualTo(777);
        assertThat(full.address("s777")).isEmpty();
        assertThat(full.address("newer")).isEmpty();
    }
}
