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
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** {@code logs -f} with a cloud that goes away and comes back. */
class LogsCommandTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
    private static final String STREAM = OK + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String END = "0\r\n\r\n";
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

    /** What a cloud answers to a request for a path below the service's. */
    private interface Answer extends Function<String, String> {}

    /** Runs a command line with a cloud that gives these answers, one to each connection. */
    private Outcome run(List<Answer> answers, String... words) throws Exception {
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

    private void answer(ServerSocket server, Answer answer) {
        try (Socket socket = server.accept()) {
            BufferedReader head =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            String request = head.readLine();
            while (!head.readLine().isEmpty()) {
                // Headers do not matter here.
            }
            String path = request.split(" ")[1].replaceFirst(".*/hello", "");
            asked.add(path);
            socket.getOutputStream().write(answer.apply(path).getBytes(StandardCharsets.US_ASCII));
        } catch (IOException failure) {
            asked.add(failure.toString());
        }
    }

    /** The lines that such a request asks for. */
    private static String behind(String path) {
        String three = path.endsWith("&after=9") ? chunk(line(12, "three")) : "";
        return STREAM + three;
    }

    @Test
    void aBrokenStreamGoesOnBehindTheLastLine() throws Exception {
        String first = STREAM + chunk(line(7, "one") + "\n" + line(9, "two")) + END;

        Outcome outcome =
                run(
                        List.of(
                                path -> first,
                                path -> NOTHING,
                                path -> THERE,
                                // A line before a break may be read, or be asked for once more.
                                path -> behind(path) + "40\r\n{\"id\":15",
                                path -> THERE,
                                path -> behind(path) + chunk(line(15, "four")) + END,
                                path -> GONE),
                        "logs",
                        "-f",
                        "--tail",
                        "5",
                        "hello");

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.code()).isZero();
        assertThat(outcome.out()).isEqualTo("one\ntwo\nthree\nfour\n");
        assertThat(asked)
                .startsWith("/logs?follow=true&tail=5", "", "", "/logs?follow=true&after=9", "")
                .hasSize(7);
    }

    @Test
    void withoutFollowingABrokenStreamIsAnError() throws Exception {
        Outcome outcome =
                run(List.of(path -> STREAM + chunk(line(7, "one")) + "40\r\n{"), "logs", "hello");

        assertThat(outcome.code()).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(outcome.err()).contains("the stream broke");
    }
}
