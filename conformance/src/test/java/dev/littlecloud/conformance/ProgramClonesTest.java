package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.Limits;
import dev.littlecloud.runtime.host.KvmAccess;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.LocalTemplates;
import dev.littlecloud.runtime.template.Readiness;
import dev.littlecloud.runtime.template.Template;
import dev.littlecloud.runtime.template.Templates;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Servers of demo images that were booted once and frozen, at work in clones: of the template
 * itself, of what was written to disk of it, and in one that was frozen itself between two
 * requests.
 */
class ProgramClonesTest {
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    /** A hang must end; how long it takes is not tested. */
    private static final Duration MOST = Duration.ofMinutes(20);

    private static final int SIGTERM = 15;

    private static final Limits LIMITS =
            Limits.DEFAULT.withMemoryBytes(1L << 30).withCpus(new CpuLimit(2000));

    private final DemoImages images = new DemoImages();
    private final Templates templates = new LocalTemplates();

    @TempDir private Path directory = Path.of("");

    /** Hears how a clone ended. */
    private static final class End implements CloneListener {
        final CompletableFuture<ExitStatus> status = new CompletableFuture<>();

        @Override
        public void ended(ExitStatus how) {
            status.complete(how);
        }
    }

    @TestFactory
    Stream<DynamicTest> serversWorkInClones() throws IOException {
        return Server.all().stream()
                .filter(server -> Suite.wanted("servers/" + server.name(), "guest"))
                .map(server -> dynamicTest(server.name(), () -> requireAnEnd(server)));
    }

    private void requireAnEnd(Server server) {
        assertTimeoutPreemptively(MOST, () -> requireClones(server));
    }

    private void requireClones(Server server) throws IOException, InterruptedException {
        KvmAccess.problem().ifPresent(problem -> abort(problem));
        Image image = images.get(server.image());
        InstanceSpec spec = InstanceSpec.DEFAULT.withProcess(server.process()).withLimits(LIMITS);
        Path onDisk = directory.resolve(server.name());
        Path frozenOnDisk = directory.resolve(server.name() + "-frozen");
        End end = new End();
        try (Template template =
                templates.boot(spec, image, new Readiness.Listens(server.port()), DEADLINE)) {
            template.save(onDisk, List.of());
            Clone one = template.start(end);
            try {
                assertThat(ask(one, server, server.first())).contains(server.first());
                try (Clone other = template.start(CloneListener.NONE)) {
                    assertThat(ask(other, server, server.first())).contains(server.first());
                    assertThat(ask(other, server, server.second())).contains(server.second());
                }
                try (Template frozen = one.freeze(DEADLINE)) {
                    frozen.save(frozenOnDisk, List.of(onDisk));
                }
                try (Template frozen = templates.loadInstance(frozenOnDisk, spec, image)) {
                    one = frozen.start(end);
                }
                assertThat(ask(one, server, server.second())).contains(server.second());
                if (server.ends() != null) {
                    assertThat(one.stop(SIGTERM, DEADLINE)).isTrue();
                    assertThat(end.status.join()).isEqualTo(new ExitStatus.Exited(server.ends()));
                }
            } finally {
                one.close();
            }
        }
        try (Template template = templates.load(onDisk, spec, image);
                Clone one = template.start(CloneListener.NONE);
                Clone other = template.start(CloneListener.NONE)) {
            assertThat(ask(one, server, server.first())).contains(server.first());
            assertThat(ask(other, server, server.first())).contains(server.first());
            assertThat(ask(other, server, server.second())).contains(server.second());
        }
    }

    /** What a clone answers until it closes the connection or has said what is expected. */
    private static String ask(Clone clone, Server server, String expected) throws IOException {
        try (ByteChannel channel =
                clone.connect(
                                server.port(),
                                new InetSocketAddress("192.0.2.7", 40000),
                                TemplatesTest.NOBODY)
                        .blocking()) {
            channel.write(StandardCharsets.ISO_8859_1.encode(server.request()));
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            String answer = "";
            while (!answer.contains(expected) && channel.read(buffer) >= 0) {
                assertThat(buffer.hasRemaining()).as("room for the answer").isTrue();
                answer = StandardCharsets.ISO_8859_1.decode(buffer.duplicate().flip()).toString();
            }
            return answer;
        }
    }
}
