package dev.littlecloud.control.api;

import dev.littlecloud.control.deploy.Deployments;
import dev.littlecloud.control.meter.MetricsTable;
import dev.littlecloud.control.meter.ServiceMetrics;
import dev.littlecloud.control.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** {@code /metrics} in Prometheus' text format 0.0.4. Names of services need no escapes. */
final class PrometheusRoutes implements ApiEndpoint.Routes {
    private static final double NANOS = 1e9;

    private final MetricsTable metrics;
    private final Deployments deployments;

    PrometheusRoutes(MetricsTable metrics, Deployments deployments) {
        this.metrics = metrics;
        this.deployments = deployments;
    }

    @Override
    public void addTo(Router router) {
        router.get("/metrics", this::metrics);
    }

    private Reply metrics(Call call, Transaction tx) {
        call.requireAdmin();
        StringBuilder text = new StringBuilder(4096);
        Map<String, ServiceMetrics> all = metrics.all();
        head(text, "requests_total", "counter", "Requests answered, by first digit of the status");
        all.forEach((service, counts) -> requests(text, service, counts));
        counter(text, all, "request_bytes_total", "Bytes of requests", ServiceMetrics::bytesIn);
        counter(text, all, "response_bytes_total", "Bytes of responses", ServiceMetrics::bytesOut);
        head(text, "instances", "gauge", "Instances now");
        for (String service : all.keySet()) {
            int count = deployments.instances(service).values().stream().mapToInt(List::size).sum();
            line(text, "instances", service, "", Integer.toString(count));
        }
        head(
                text,
                "wake_seconds",
                "histogram",
                "How long requests waited for an instance to start");
        all.forEach((service, counts) -> wakes(text, service, counts));
        return new Reply(
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                text.toString().getBytes(StandardCharsets.UTF_8),
                Optional.empty());
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP littlecloud_").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE littlecloud_").append(name).append(' ').append(type).append('\n');
    }

    private static void line(
            StringBuilder text, String name, String service, String labels, String value) {
        text.append("littlecloud_").append(name);
        text.append("{service=\"").append(service).append('"').append(labels).append("} ");
        text.append(value).append('\n');
    }

    private static void counter(
            StringBuilder text,
            Map<String, ServiceMetrics> all,
            String name,
            String help,
            ToLongFunction<ServiceMetrics> value) {
        head(text, name, "counter", help);
        all.forEach(
                (service, counts) ->
                        line(text, name, service, "", Long.toString(value.applyAsLong(counts))));
    }

    private static void requests(StringBuilder text, String service, ServiceMetrics counts) {
        for (int digit = 1; digit <= 5; digit++) {
            line(
                    text,
                    "requests_total",
                    service,
                    ",status=\"" + digit + "xx\"",
                    Long.toString(counts.requests(digit)));
        }
    }

    private static void wakes(StringBuilder text, String service, ServiceMetrics counts) {
        long sum = 0;
        List<Long> buckets = counts.wakes();
        for (int i = 0; i < buckets.size(); i++) {
            sum += buckets.get(i);
            String bound =
                    i < ServiceMetrics.BUCKETS
                            ? Double.toString(ServiceMetrics.boundMillis(i) / 1e3)
                            : "+Inf";
            line(text, "wake_seconds_bucket", service, ",le=\"" + bound + "\"", Long.toString(sum));
        }
        line(text, "wake_seconds_sum", service, "", Double.toString(counts.wakeNanos() / NANOS));
        line(text, "wake_seconds_count", service, "", Long.toString(sum));
    }
}
