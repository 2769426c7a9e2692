package dev.littlecloud.cli.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Prometheus' text format 0.0.4, read more strictly than a server does: each family's type stands
 * before its samples, which are together and different, and histograms add up.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">the format</a>
 */
final class PrometheusText {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern SAMPLE =
            Pattern.compile("(" + NAME + ")(?:\\{(.*)\\})? ([-+0-9.eE]+|[-+]Inf|NaN)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\",?");

    private final Map<String, String> types = new LinkedHashMap<>();

    /** Values by name and labels, in the order of the text. */
    private final Map<String, Double> samples = new LinkedHashMap<>();

    private PrometheusText() {}

    static PrometheusText parse(String text) {
        assertThat(text).endsWith("\n").doesNotContain("\r");
        PrometheusText read = new PrometheusText();
        String family = null;
        for (String line : text.split("\n")) {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# HELP ")) {
                assertThat(words).as(line).hasSize(4);
            } else if (line.startsWith("# TYPE ")) {
                assertThat(words[2]).matches(NAME);
                assertThat(words[3]).isIn("counter", "gauge", "histogram", "summary", "untyped");
                assertThat(read.types.put(words[2], words[3])).as("twice: " + line).isNull();
                family = words[2];
            } else {
                read.sample(line, family);
            }
        }
        read.types.forEach(
                (name, type) -> {
                    if (type.equals("histogram")) {
                        read.requireHistogram(name);
                    }
                });
        return read;
    }

    private void sample(String line, @Nullable String family) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as(line).isTrue();
        String name = sample.group(1);
        String type = types.getOrDefault(String.valueOf(family), "");
        String base =
                type.equals("histogram") ? name.replaceFirst("_(bucket|sum|count)$", "") : name;
        assertThat(base).as("not among its family: " + line).isEqualTo(family);
        double value = Double.parseDouble(sample.group(3).replace("Inf", "Infinity"));
        if (type.equals("counter")) {
            assertThat(value).as(line).isNotNegative();
            assertThat(name).endsWith("_total");
        }
        String key = name + "{" + String.join(",", labels(sample.group(2))) + "}";
        assertThat(samples.put(key, value)).as("twice: " + line).isNull();
    }

    private static List<String> labels(@Nullable String text) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text == null ? "" : text);
        int end = 0;
        while (label.find()) {
            assertThat(label.start()).isEqualTo(end);
            assertThat(labels.put(label.group(1), label.group(2))).isNull();
            end = label.end();
        }
        assertThat(end).as(text).isEqualTo(text == null ? 0 : text.length());
        return labels.entrySet().stream().map(it -> it.getKey() + "=" + it.getValue()).toList();
    }

    /** Bounds ascend to infinity, counts do not fall, and the last is the count of all. */
    private void requireHistogram(String name) {
        Map<String, Double> bounds = new HashMap<>();
        Map<String, Double> counts = new HashMap<>();
        samples.forEach(
                (key, count) -> {
                    if (key.startsWith(name + "_bucket{")) {
                        String others = key.replaceFirst("_bucket\\{le=[^,}]*,?", "_count{");
                        double bound = Double.parseDouble(bound(key).replace("Inf", "Infinity"));
                        assertThat(bound).isGreaterThan(bounds.getOrDefault(others, -1.0));
                        assertThat(count).isGreaterThanOrEqualTo(counts.getOrDefault(others, 0.0));
                        bounds.put(others, bound);
                        counts.put(others, count);
                    }
                });
        counts.forEach(
                (others, last) -> {
                    assertThat(bounds.get(others)).isInfinite();
                    assertThat(samples.get(others)).as(others).isEqualTo(last);
                    assertThat(samples).containsKey(others.replace("_count{", "_sum{"));
                });
    }

    private static String bound(String key) {
        return key.replaceFirst(".*\\{le=([^,}]*).*", "$1");
    }

    /**
     * A sample, or zero where there is none.
     *
     * @param labels in the order of their names, as {@code a=b,c=d}
     */
    double value(String name, String labels) {
        Double value = samples.get(name + "{" + labels + "}");
        return value == null ? 0 : value;
    }

    /** Upper bounds of a histogram's buckets. */
    List<String> buckets(String name, String labels) {
        List<String> bounds = new ArrayList<>();
        for (String key : samples.keySet()) {
            if (key.startsWith(name + "_bucket{") && key.endsWith("," + labels + "}")) {
                bounds.add(bound(key));
            }
        }
        return bounds;
    }
}
