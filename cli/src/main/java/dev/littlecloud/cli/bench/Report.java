package dev.littlecloud.cli.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run of benchmarks found.
 *
 * @param environment what the figures depend on: machine, kernel, JVM, version, time
 * @param leftOut benchmarks that could not run here
 * @param failed benchmarks that broke off
 */
record Report(
        Map<String, String> environment,
        List<Entry> entries,
        List<String> leftOut,
        List<String> failed) {
    /** A figure and the benchmark it comes from. */
    record Entry(String benchmark, Figure figure) {}

    boolean allGoalsMet() {
        return entries.stream().allMatch(entry -> entry.figure().met().orElse(true));
    }

    /** A table for people. */
    String table() {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"figure", "unit", "value", "baseline", "", "ratio", "goal", ""});
        for (Entry entry : entries) {
            Figure figure = entry.figure();
            Figure.Baseline baseline = figure.baseline();
            rows.add(
                    new String[] {
                        figure.what(),
                        figure.unit(),
                        Numbers.format(figure.value()),
                        baseline == null ? "" : Numbers.format(baseline.value()),
                        baseline == null ? "" : baseline.what(),
                        figure.ratio().map(ratio -> Numbers.format(ratio) + "×").orElse(""),
                        figure.goal() == null ? "" : figure.goal().toString(),
                        figure.met().map(met -> met ? "met" : "MISSED").orElse(""),
                    });
        }
        int[] widths = new int[rows.getFirst().length];
        for (String[] row : rows) {
            Arrays.setAll(widths, column -> Math.max(widths[column], row[column].length()));
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.length; column++) {
                boolean isNumber = column == 2 || column == 3 || column == 5;
                String padding = " ".repeat(widths[column] - row[column].length());
                line.append(isNumber ? padding + row[column] : row[column] + padding).append("  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** The same for programs. */
    String json() {
        List<Map<String, Object>> figures = new ArrayList<>();
        for (Entry entry : entries) {
            Figure figure = entry.figure();
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("benchmark", entry.benchmark());
            fields.put("figure", figure.what());
            fields.put("unit", figure.unit());
            fields.put("value", figure.value());
            Figure.Baseline baseline = figure.baseline();
            if (baseline != null) {
                fields.put("baseline", baseline.what());
                fields.put("baselineValue", baseline.value());
                fields.put("ratio", figure.ratio().orElseThrow());
            }
            Figure.Goal goal = figure.goal();
            if (goal != null) {
                fields.put("goal", goal.kind().name());
                fields.put("goalBound", goal.bound());
                fields.put("met", figure.met().orElseThrow());
            }
            figures.add(fields);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("environment", environment);
        document.put("figures", figures);
        document.put("leftOut", leftOut);
        document.put("failed", failed);
        return JsonMapper.builder()
                .build()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(document);
    }
}
