package dev.littlecloud.cli.rehearsal;

import dev.littlecloud.cli.Version;
import dev.littlecloud.cli.cloud.CloudClient;
import dev.littlecloud.cli.cloud.DeployCommand;
import dev.littlecloud.node.CloneLauncher;
import dev.littlecloud.node.Cloud;
import dev.littlecloud.node.CloudConfig;
import dev.littlecloud.node.EdgeConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;

/**
 * What {@code up} and {@code deploy} do, and requests that each wake an instance: so that the first
 * request to a service does not wait for classes of ours.
 */
final class RehearsedCloud {
    private static final String HOST = "127.0.0.1";
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: tiny.localhost\r\n\r\n";

    /** More than a template learns of, so that some find a clone that was made ahead. */
    private static final int REQUESTS = 30;

    /** Longer than it takes to make one ahead. */
    private static final long PAUSE_NANOS = 40_000_000;

    /** The build must not hang. */
    private static final int DEADLINE_MILLIS = 30_000;

    private RehearsedCloud() {}

    /**
     * Runs it.
     *
     * @param directory for its files
     * @throws IOException when the deployment failed or a request was not answered
     */
    static void run(Path directory) throws IOException {
        Path image = directory.resolve("image");
        TinyImage.write(image, TinyServer.elf());
        Path data = directory.resolve("data");
        CloudConfig config =
                new CloudConfig(data, HOST, 0, 0, 0, "localhost", false, EdgeConfig.PLAIN);
        try (Cloud cloud = Cloud.start(config, CloneLauncher.of(data), Version.number())) {
            String token = Files.readString(data.resolve("token")).strip();
            CloudClient client = CloudClient.of("http://" + HOST + ":" + cloud.apiPort(), token);
            int code =
                    new CommandLine(new DeployCommand(() -> client))
                            .execute(
                                    "tiny",
                                    "oci:" + image,
                                    "--port",
                                    String.valueOf(TinyServer.PORT),
                                    "--isolation",
                                    "request");
            if (code != 0) {
                throw new IOException("the deployment ended with " + code);
            }
            for (int i = 0; i < REQUESTS; i++) {
                ask(cloud.gatewayPort());
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private static void ask(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName(HOST), port)) {
            socket.setSoTimeout(DEADLINE_MILLIS);
            socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            String head = new String(answer, StandardCharsets.US_ASCII);
            if (!head.equals("HTTP/1.1 200")) {
                throw new IOException("the answer was " + head);
            }
        }
    }
}
