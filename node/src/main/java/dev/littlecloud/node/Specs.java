package dev.littlecloud.node;

import dev.littlecloud.control.WorkloadException;
import dev.littlecloud.control.Workloads.Order;
import dev.littlecloud.control.model.ServiceSpec;
import dev.littlecloud.image.ImageConfig.ExposedPort;
import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.Limits;
import dev.littlecloud.runtime.NetworkPolicy;
import dev.littlecloud.runtime.Observation;
import dev.littlecloud.runtime.PortMapping;
import dev.littlecloud.runtime.ProcessSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a revision asks, in the runtime's words. */
final class Specs {
    private Specs() {}

    /** The port its program is to listen on. */
    static int port(Order order) throws WorkloadException {
        return portIfKnown(order)
                .orElseThrow(
                        () ->
                                new WorkloadException(
                                        "the image exposes no port; say with --port where its"
                                                + " program listens"));
    }

    /** The one that is asked for, or else the first that the image exposes. */
    static Optional<Integer> portIfKnown(Order order) {
        Optional<Integer> asked = order.spec().port();
        return asked.isPresent()
                ? asked
                : order.image().config().exposedPorts().stream()
                        .filter(port -> port.protocol().equals("tcp"))
                        .map(ExposedPort::port)
                        .findFirst();
    }

    static InstanceSpec instance(Order order, List<PortMapping> ports) {
        ServiceSpec spec = order.spec();
        ProcessSpec process =
                new ProcessSpec(
                        null, spec.command(), order.environment(), null, null, false, false);
        Limits limits =
                Limits.DEFAULT
                        .withMemoryBytes(spec.memoryBytes())
                        .withCpus(new CpuLimit(spec.milliCpus()));
        NetworkPolicy.Mode egress =
                NetworkPolicy.Mode.valueOf(spec.egress().toUpperCase(Locale.ROOT));
        return new InstanceSpec(
                process,
                limits,
                new NetworkPolicy(egress, List.of()),
                ports,
                List.of(),
                null,
                false,
                Observation.NONE);
    }

    /** How an instance ended, as a clause. */
    static String how(ExitStatus status) {
        return status.explanation()
                .orElseGet(
                        () ->
                                switch (status) {
                                    case ExitStatus.Signaled(int signal) ->
                                            "signal " + signal + " ended its program";
                                    default -> "its program ended with " + status.code();
                                });
    }
}
