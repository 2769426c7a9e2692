package dev.littlecloud.node;

import dev.littlecloud.control.WorkloadException;
import dev.littlecloud.control.Workloads.Order;
import dev.littlecloud.gateway.service.Acceptor;
import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.image.ImageConfig.Healthcheck;
import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.kernel.net.NetworkStack.Delivery;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.CloneListener;
import dev.littlecloud.runtime.template.Readiness;
import dev.littlecloud.runtime.template.Template;
import dev.littlecloud.runtime.template.Templates;
import dev.littlecloud.runtime.template.Usage;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Boots a revision once, freezes it when it is ready, and starts instances as clones of that. */
public final class CloneLauncher implements Launcher {
    private static final Duration HEALTH_INTERVAL = Duration.ofSeconds(1);

    private final Templates templates;

    public CloneLauncher(Templates templates) {
        this.templates = templates;
    }

    @Override
    public Prepared prepare(Order order) throws WorkloadException, InterruptedException {
        int port = Specs.port(order);
        Duration deadline = Duration.ofMillis(order.spec().readyTimeoutMillis());
        try {
            Template template =
                    templates.boot(
                            Specs.instance(order, List.of()),
                            order.image(),
                            readiness(order, port),
                            deadline);
            return new FrozenRevision(template, port);
        } catch (InstanceException | IllegalArgumentException refused) {
            throw new WorkloadException(String.valueOf(refused.getMessage()), refused);
        }
    }

    /** HEALTHCHECK where the image has one, as Docker reads it; else its port. */
    private static Readiness readiness(Order order, int port) {
        List<String> test =
                order.image().config().healthcheck().map(Healthcheck::test).orElse(List.of());
        if (test.size() < 2) {
            return new Readiness.Listens(port);
        }
        List<String> command = new ArrayList<>();
        if (test.getFirst().equals("CMD-SHELL")) {
            command.addAll(List.of("/bin/sh", "-c"));
        }
        command.addAll(test.subList(1, test.size()));
        return new Readiness.Command(command, HEALTH_INTERVAL);
    }

    private record FrozenRevision(Template template, int port) implements Prepared {
        @Override
        public Unit start(UnitListener listener) throws WorkloadException {
            try {
                return new ClonedUnit(template.start(new Events(listener)), port);
            } catch (InstanceException refused) {
                throw new WorkloadException(String.valueOf(refused.getMessage()), refused);
            }
        }

        @Override
        public void close() {
            template.close();
        }
    }

    private record Events(UnitListener listener) implements CloneListener {
        @Override
        public void output(boolean error, byte[] bytes) {
            listener.output(error, bytes);
        }

        @Override
        public void ended(ExitStatus status) {
            listener.ended(Specs.how(status));
        }
    }

    private static final class ClonedUnit implements Unit, Acceptor {
        private final Clone clone;
        private final int port;
        private final Backend backend = new Backend.Guest(this);

        ClonedUnit(Clone clone, int port) {
            this.clone = clone;
            this.port = port;
        }

        @Override
        public Delivery deliver(HostStream stream, InetSocketAddress peer, Runnable whenRoom) {
            return clone.deliver(stream, peer, port, whenRoom);
        }

        @Override
        public String id() {
            return clone.id();
        }

        @Override
        public Backend backend() {
            return backend;
        }

        @Override
        public Used used() {
            Usage usage = clone.usage();
            return new Used(
                    usage.guestNanos(),
                    usage.kernelNanos(),
                    usage.memoryByteMillis(),
                    usage.memoryBytes(),
                    usage.bytesIn(),
                    usage.bytesOut());
        }

        @Override
        public void end() {
            clone.close();
        }
    }
}
