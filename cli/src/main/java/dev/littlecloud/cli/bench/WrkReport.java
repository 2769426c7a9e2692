package dev.littlecloud.cli.bench;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What wrk(1) has measured.
 *
 * @param requests a second
 * @param p99Millis time that 99 of 100 requests did not exceed
 */
record WrkReport(double requests, double p99Millis) {
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s*([0-9.]+)");
    private static final Pattern P99 = Pattern.compile("99%\\s+([0-9.]+)(us|ms|s)\\b");
    private static final Pattern ERRORS = Pattern.compile("Non-2xx.*|Socket errors:.*");

    /**
     * @param arguments besides those for latencies
     */
    static WrkReport run(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 2];
        command[0] = "wrk";
        command[1] = "--latency";
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        return parse(HostRoot.run(command));
    }

    static WrkReport parse(String report) throws IOException {
        Matcher errors = ERRORS.matcher(report);
        if (errors.find()) {
            throw new IOException("wrk: " + errors.group());
        }
        Matcher rate = RATE.matcher(report);
        Matcher p99 = P99.matcher(report);
        if (!rate.find() || !p99.find()) {
            throw new IOException("wrk printed no rate: " + report);
        }
        double unit =
                switch (p99.group(2)) {
                    case "us" -> 1e-3;
                    case "ms" -> 1;
                    default -> 1e3;
                };
        return new WrkReport(
                Double.parseDouble(rate.group(1)), Double.parseDouble(p99.group(1)) * unit);
    }
}
