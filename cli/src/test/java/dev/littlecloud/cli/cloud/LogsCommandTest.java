package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.cli.CommandLineTester;
import dev.littlecloud.cli.CommandLineTester.Outcome;
import dev.littlecloud.cli.ExitCodes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** {@code logs -f} with a cloud that goes away and comes back. */
class LogsCommandTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
    private static final String STREAM = OK + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String THERE = OK + "Content-Length: 2\r\n\r\n{}";
    private static final String GONE =
            "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";

    /** A request that is not answered: the connection ends. */
    private static final String NOTHING = "";

    private final List<String> asked = new CopyOnWriteArrayList<>();

    private static String line(int id, String text) {
        return "{\"id\":%d,\"at\":\"\",\"instance\":\"i\",\"text\":\"%s\"}\n".formatted(id, text);
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    /** Runs a command line with a cloud that gives these answers, one to each connection. */
    private Outcome run(List<String> answers, String... words) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread cloud =
                    Thread.ofVirtual().start(() -> answers.forEach(it -> answer(server, it)));
            CloudClient client =
                    CloudClient.of("http://127.0.0.1:" + server.getLocalPort(), "token");
            Outcome outcome = CommandLineTester.ask(() -> client, words);
            cloud.join();
            return outcome;
        }
    }

    private void answer(ServerSocket server, String answer) {
        try (Socket socket = server.accept()) {
            BufferedReader head =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            String request = head.readLine();
            while (!head.readLine().isEmpty()) {
                // Headers do not matter here.
            }
            asked.add(request.split(" ")[1].replaceFirst(".*/hello", ""));
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException failure) {
            asked.add(failure.toString());
        }
    }

    @Test
    void aBrokenStreamGoesOnBehindTheLastLine() throws Exception {
        String broken = STREAM + chunk(line(7, "one") + "\n" + line(9, "two")) + "40\r\n{\"id\":12";
        String rest = STREAM + chunk(line(12, "three")) + "0\r\n\r\n";

        Outcome outcome =
                run(
                        List.of(broken, NOTHING, THERE, rest, GONE),
                        "logs",
                        "-f",
                        "--tail",
                        "5",
                        "hello");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).isEqualTo("one\ntwo\nthree\n");
        assertThat(asked)
                .containsExactly(
                        "/logs?follow=true&tail=5", "", "", "/logs?follow=true&after=9", "");
    }

    @Test
    void withoutFollowingABrokenStreamIsAnError() throws Exception {
        Outcome outcome = run(List.of(STREAM + chunk(line(7, "one")) + "40\r\n{"), "logs", "hello");

        assertThat(outcome.code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(outcome.out()).isEqualTo("one\n");
        assertThat(outcome.err()).contains("the stream broke");
    }
}
