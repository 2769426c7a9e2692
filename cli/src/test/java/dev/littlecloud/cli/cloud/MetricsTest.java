package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a Prometheus server reads is what happened. */
class MetricsTest {
    private static final int ANSWERED = 6;
    private static final int NOT_FOUND = 3;

    @TempDir private Path directory;

    @BeforeEach
    void requireWhatItNeeds() {
        InnerCloud.requireWhatItNeeds();
    }

    private static PrometheusText scrape(InnerCloud cloud) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(cloud.api() + "/metrics"))
                        .header("Authorization", "Bearer " + cloud.token())
                        .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type").orElse(""))
                    .startsWith("text/plain; version=0.0.4");
            return PrometheusText.parse(response.body());
        }
    }

    private static long count(PrometheusText text, String metric, String labels) {
        return (long) text.value("littlecloud_" + metric, labels);
    }

    @Test
    void countsAreThoseOfTheRequestsAndWakesThatWere() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data"));
        String image = "oci:" + ServerImage.write(directory);
        try (InnerCloud cloud = InnerCloud.start(data, 0)) {
            for (String service : List.of("each", "quiet")) {
                assertThat(cloud.deploy(service, image, "--isolation", "request").err())
                        .contains("ready");
            }
            // Each of these has an instance of its own, which it waits for.
            long bytes = ask(cloud, "/", ANSWERED, " 200 ") + ask(cloud, "/no", NOT_FOUND, " 404 ");

            InnerCloud.await(
                    () ->
                            count(scrape(cloud), "requests_total", "service=each,status=4xx")
                                    == NOT_FOUND);
            InnerCloud.await(() -> cloud.instances("each") == 0);
            PrometheusText text = scrape(cloud);
            assertThat(count(text, "requests_total", "service=each,status=2xx"))
                    .isEqualTo(ANSWERED);
            assertThat(count(text, "requests_total", "service=each,status=5xx")).isZero();
            assertThat(count(text, "response_bytes_total", "service=each")).isPositive();
            assertThat(count(text, "response_bytes_total", "service=each")).isLessThan(bytes);
            assertThat(count(text, "instances", "service=each")).isZero();
            assertThat(count(text, "wake_seconds_count", "service=each"))
                    .isEqualTo(ANSWERED + NOT_FOUND);
            assertThat(text.value("littlecloud_wake_seconds_sum", "service=each")).isPositive();
            assertThat(text.buckets("littlecloud_wake_seconds", "service=each"))
                    .containsExactly(
                            "0.001", "0.002", "0.004", "0.008", "0.016", "0.032", "0.064", "0.128",
                            "0.256", "0.512", "1.024", "2.048", "4.096", "+Inf");
            assertThat(count(text, "wake_seconds_count", "service=quiet")).isZero();
        }
    }

    /** Bytes of all answers together. */
    private static long ask(InnerCloud cloud, String path, int times, String status)
            throws IOException {
        long bytes = 0;
        for (int i = 0; i < times; i++) {
            String answer = cloud.ask("each.localhost", path);
            assertThat(answer.lines().findFirst().orElse("")).contains(status);
            bytes += answer.length();
        }
        return bytes;
    }
}
