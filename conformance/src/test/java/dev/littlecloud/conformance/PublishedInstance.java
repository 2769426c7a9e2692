package dev.littlecloud.conformance;

import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.Endpoint;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.NetworkPolicy;
import dev.littlecloud.runtime.PortMapping;
import dev.littlecloud.runtime.ProcessSpec;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.instance.Instances;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A server in an instance, with one port that is a port of the host's loopback interface. */
final class PublishedInstance implements AutoCloseable {
    /** What a guest calls the host, whose ports must be opened to it. */
    static final String HOST = "host.docker.internal";

    private final int port;
    private final RunningInstance instance;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    /**
     * @param command the program and its arguments; empty for what the image names
     * @param reaches others whose published ports it may connect to
     */
    PublishedInstance(
            Image image, List<String> command, int guestPort, PublishedInstance... reaches)
            throws IOException {
        port = freePort();
        ProcessSpec process =
                command.isEmpty()
                        ? ProcessSpec.DEFAULT
                        : new ProcessSpec(
                                List.of(),
                                command,
                                ProcessSpec.DEFAULT.environment(),
                                null,
                                null,
                                false,
                                false);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        List<Endpoint> open =
                Arrays.stream(reaches).map(other -> new Endpoint(loopback, other.port)).toList();
        InstanceSpec spec = InstanceSpec.DEFAULT;
        instance =
                new Instances()
                        .start(
                                new InstanceSpec(
                                        process,
                                        spec.limits(),
                                        new NetworkPolicy(NetworkPolicy.Mode.OUTBOUND, open),
                                        List.of(
                                                new PortMapping(
                                                        loopback,
                                                        port,
                                                        guestPort,
                                                        PortMapping.Protocol.TCP)),
                                        spec.volumes(),
                                        spec.hostname(),
                                        spec.readOnlyRoot(),
                                        spec.observation()),
                                image,
                                new Stdio(
                                        Channels.newChannel(new ByteArrayInputStream(new byte[0])),
                                        Channels.newChannel(output),
                                        Channels.newChannel(output),
                                        null));
    }

    /** The port of the host. */
    int port() {
        return port;
    }

    /** What it printed so far. */
    String output() {
        return output.toString(StandardCharsets.UTF_8);
    }

    void signal(int signal) {
        instance.signal(signal);
    }

    ExitStatus await() throws InterruptedException {
        return instance.await();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        instance.close();
    }
}
