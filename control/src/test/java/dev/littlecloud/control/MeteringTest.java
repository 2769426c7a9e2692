package dev.littlecloud.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.control.meter.Bill;
import dev.littlecloud.control.meter.PriceList;
import dev.littlecloud.control.model.UsageTotals;
import dev.littlecloud.control.store.UsageTable.ServiceHour;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Usage, bills, counts and logs: what comes from instances and is kept. */
class MeteringTest {
    @TempDir private Path data;
    private TestCloud cloud;

    @BeforeEach
    void start() {
        cloud = TestCloud.start(data);
        cloud.deploy("hello", "", "ready");
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    private WorkloadListener listener() {
        TestCloud.await(() -> cloud.workloads.serving("hello").isPresent());
        return cloud.workloads.serving("hello").orElseThrow().listener;
    }

    private JsonNode total() {
        return cloud.api.get("/v1/usage?from=2020-01-01T00:00:00Z").json().get("total");
    }

    @Test
    void usageIsKeptOnceAndSurvivesARestart() {
        listener().started("i-1", "a request came");
        listener().request(200, 10, 20, 1_000_000);
        listener().request(500, 1, 2, 1_000_000);
        listener().woke(2_500_000);
        TestCloud.await(() -> total().get("guestCpuMicros").longValue() == 3_000);
        TestCloud.await(() -> total().get("requests").longValue() == 2);
        listener().ended("i-1", false, "no request for 5 s");
        TestCloud.await(() -> cloud.api.get("/v1/events").text().contains("no request for 5 s"));

        cloud.close();
        cloud = TestCloud.start(data);

        JsonNode total = total();
        assertThat(total.get("guestCpuMicros").longValue()).isEqualTo(3_000);
        assertThat(total.get("kernelCpuMicros").longValue()).isEqualTo(2_000);
        assertThat(total.get("memoryByteMillis").longValue()).isEqualTo(7L << 30);
        assertThat(total.get("bytesOut").longValue()).isEqualTo(1 << 20);
        assertThat(total.get("wakes").longValue()).isEqualTo(1);
        assertThat(total.get("wakeMicros").longValue()).isEqualTo(2_500);
        assertThat(total.get("requests").longValue()).isEqualTo(2);
    }

    @Test
    void aServiceWithoutInstancesCostsNothing() {
        JsonNode bill = cloud.api.get("/v1/bill").json();

        assertThat(bill.get("lines").size()).isZero();
        assertThat(bill.get("total").stringValue()).isEqualTo("0");
    }

    @Test
    void aBillIsQuantityTimesPrice() {
        UsageTotals usage =
                new UsageTotals(
                        1_500_000,
                        500_000,
                        3_600L * 1_000 * (1L << 30),
                        250_000,
                        7,
                        3L << 30,
                        4,
                        5,
                        6);
        PriceList prices =
                new PriceList(
                        "EUR",
                        new BigDecimal("0.01"),
                        new BigDecimal("0.002"),
                        new BigDecimal("0.4"),
                        new BigDecimal("0.05"));

        Bill bill =
                Bill.of(
                        List.of(
                                new ServiceHour("a", Instant.EPOCH, usage),
                                new ServiceHour("a", Instant.EPOCH.plusSeconds(3600), usage)),
                        prices);

        assertThat(bill.lines())
                .extracting(line -> line.item() + " " + line.quantity() + " " + line.amount())
                .containsExactly(
                        "cpu 4.000000 0.040000",
                        "memory 7200.000000 14.400000",
                        "requests 0.500000 0.200000",
                        "egress 6.000000 0.300000");
        assertThat(bill.total()).isEqualByComparingTo("14.94");
    }

    @Test
    void pricesComeFromAFileAndAWrongOneIsNamed() throws Exception {
        listener().started("i-1", "a request came");
        TestCloud.await(() -> total().get("guestCpuMicros").longValue() == 3_000);
        Files.writeString(
                data.resolve("prices.json"), "{\"currency\":\"USD\",\"cpuSecond\":\"2\"}");

        JsonNode bill = cloud.api.get("/v1/bill").json();
        assertThat(bill.get("currency").stringValue()).isEqualTo("USD");
        assertThat(bill.at("/lines/0/amount").stringValue()).isEqualTo("0.010000");

        Files.writeString(data.resolve("prices.json"), "{\"cpuSecond\":\"dear\"}");
        assertThat(cloud.api.get("/v1/bill").text()).contains("prices.json", "'cpuSecond'");
    }

    @Test
    void countsAreShownAsJsonAndForPrometheus() {
        listener().request(200, 10, 20, 1_000_000);
        listener().woke(900_000);
        listener().woke(3_000_000);
        listener().woke(9_000_000_000L);

        JsonNode metrics = cloud.api.get("/v1/services/hello/metrics").json();
        assertThat(metrics.get("wakes").longValue()).isEqualTo(3);
        assertThat(metrics.get("lastWakeMicros").longValue()).isEqualTo(9_000_000);
        assertThat(metrics.get("wakeMillis").size()).isEqualTo(14);
        assertThat(cloud.api.get("/metrics").text())
                .contains(
                        "# TYPE littlecloud_wake_seconds histogram\n",
                        "littlecloud_requests_total{service=\"hello\",status=\"2xx\"} 1\n",
                        "littlecloud_wake_seconds_bucket{service=\"hello\",le=\"0.001\"} 1\n",
                        "littlecloud_wake_seconds_bucket{service=\"hello\",le=\"0.004\"} 2\n",
                        "littlecloud_wake_seconds_bucket{service=\"hello\",le=\"4.096\"} 2\n",
                        "littlecloud_wake_seconds_bucket{service=\"hello\",le=\"+Inf\"} 3\n",
                        "littlecloud_wake_seconds_count{service=\"hello\"} 3\n",
                        "littlecloud_instances{service=\"hello\"} 1\n");
    }

    private void write(String text, boolean isError) {
        listener().output("i-1", isError, text.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> lines(String query) {
        return cloud.api
                .get("/v1/services/hello/logs" + query)
                .text()
                .lines()
                .filter(line -> !line.isEmpty())
                .toList();
    }

    @Test
    void logsAreLinesThatCanBeResumed() {
        write("one\ntw", false);
        write("oops\n", true);
        write("o\r\nthree", false);
        TestCloud.await(() -> lines("").size() == 3);
        listener().ended("i-1", false, "done");
        TestCloud.await(() -> lines("").size() == 4);

        List<String> all = lines("");
        assertThat(all.get(0)).contains("\"stream\":\"stdout\"", "\"text\":\"one\"");
        assertThat(all.get(1)).contains("\"stream\":\"stderr\"", "\"text\":\"oops\"");
        assertThat(all.get(2)).contains("\"text\":\"two\"");
        assertThat(all.get(3)).contains("\"text\":\"three\"");
        assertThat(lines("?tail=1")).containsExactly(all.get(3));
        String id = all.get(1).replaceAll(".*\"id\":([0-9]+),.*", "$1");
        assertThat(lines("?after=" + id)).containsExactly(all.get(2), all.get(3));
    }

    @Test
    void logsCanBeFollowedUntilTheServiceIsGone() throws Exception {
        write("before\n", false);
        TestCloud.await(() -> lines("").size() == 1);
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:"
                                                + cloud.port()
                                                + "/v1/services/hello/logs?follow=true"))
                        .header("Authorization", "Bearer " + cloud.token)
                        .build();
        HttpClient http = HttpClient.newHttpClient();

        try (BufferedReader stream =
                new BufferedReader(
                        new InputStreamReader(
                                http.send(request, HttpResponse.BodyHandlers.ofInputStream())
                                        .body(),
                                StandardCharsets.UTF_8))) {
            assertThat(stream.readLine()).contains("\"text\":\"before\"");
            write("after\n", false);
            assertThat(stream.readLine()).contains("\"text\":\"after\"");
        }
    }
}
