package dev.littlecloud.runtime.network;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Asks the name servers of the host's resolv.conf(5), one after the other. */
final class HostResolver {
    private static final System.Logger LOG = System.getLogger(HostResolver.class.getName());
    private static final Path CONFIGURATION = Path.of("/etc/resolv.conf");
    private static final int PORT = 53;
    private static final int TIMEOUT_MILLIS = 2000;
    private static final int ROUNDS = 2;
    private static final int MAX_ANSWER = 65535;

    private HostResolver() {}

    /** The answer to a DNS message, or the answer that there is none. Waits for it. */
    static byte[] ask(byte[] query, boolean stream) {
        if (query.length < DnsMessage.HEADER_BYTES) {
            return new byte[0];
        }
        List<InetAddress> servers = servers();
        for (int round = 0; round < ROUNDS; round++) {
            for (InetAddress server : servers) {
                try {
                    return stream ? askByStream(server, query) : askByDatagram(server, query);
                } catch (IOException failed) {
                    LOG.log(System.Logger.Level.DEBUG, "name server " + server, failed);
                }
            }
        }
        return DnsMessage.failure(query);
    }

    private static List<InetAddress> servers() {
        List<InetAddress> found = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(CONFIGURATION)) {
                String[] words = line.strip().split("\\s+");
                if (words.length >= 2 && words[0].equals("nameserver")) {
                    found.add(InetAddress.ofLiteral(words[1]));
                }
            }
        } catch (IOException | IllegalArgumentException unusable) {
            LOG.log(System.Logger.Level.DEBUG, "resolv.conf of the host", unusable);
        }
        // resolv.conf(5): without one, the local machine is asked.
        return found.isEmpty() ? List.of(InetAddress.getLoopbackAddress()) : found;
    }

    private static byte[] askByDatagram(InetAddress server, byte[] query) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(server, PORT);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.send(new DatagramPacket(query, query.length));
            DatagramPacket answer = new DatagramPacket(new byte[MAX_ANSWER], MAX_ANSWER);
            long deadline = System.nanoTime() + TIMEOUT_MILLIS * 1_000_000L;
            do {
                socket.receive(answer);
            } while (!DnsMessage.answers(query, answer.getData(), answer.getLength())
                    && System.nanoTime() < deadline);
            return Arrays.copyOf(answer.getData(), answer.getLength());
        }
    }

    private static byte[] askByStream(InetAddress server, byte[] query) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(server, PORT), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            byte[] framed = new byte[query.length + 2];
            framed[0] = (byte) (query.length >> 8);
            framed[1] = (byte) query.length;
            System.arraycopy(query, 0, framed, 2, query.length);
            out.write(framed);
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            return answer;
        }
    }
}
