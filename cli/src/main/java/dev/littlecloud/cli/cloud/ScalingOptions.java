package dev.littlecloud.cli.cloud;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** How many instances there are, and for how long. */
final class ScalingOptions {
    @Option(names = "--min", paramLabel = "COUNT", description = "Instances kept without requests.")
    private @Nullable Integer min;

    @Option(names = "--max", paramLabel = "COUNT", description = "Instances at a time.")
    private @Nullable Integer max;

    @Option(
            names = "--concurrency",
            paramLabel = "SOFT[:HARD]",
            description =
                    "Requests at a time in an instance from which on another starts, and that it"
                            + " never has more of.")
    private @Nullable String concurrency;

    @Option(
            names = "--isolation",
            paramLabel = "KIND",
            description = "instance, or request for an instance of its own for each request.")
    private @Nullable String isolation;

    @Option(
            names = "--idle",
            paramLabel = "TIME",
            description = "How long an instance without requests stays.")
    private @Nullable String idle;

    @Option(
            names = "--stop-timeout",
            paramLabel = "TIME",
            description =
                    "What a program that handles the image's STOPSIGNAL gets to end when it is asked"
                            + " to; 0 ends it at once.")
    private @Nullable String stopTimeout;

    @Option(
            names = "--request-timeout",
            paramLabel = "TIME",
            description = "Longest time for a response.")
    private @Nullable String requestTimeout;

    @Option(
            names = "--scale-to-zero",
            paramLabel = "on|off|stateful",
            description =
                    "Whether the last instance ends, too, when it is idle; stateful freezes the"
                            + " only one, and goes on with it at the next request.")
    private @Nullable String scaleToZero;

    /** Writes what was given into the scaling of a specification; false where nothing was. */
    boolean apply(CommandSpec spec, ObjectNode scaling) {
        ObjectNode given = scaling.objectNode();
        put(given, "min", min);
        put(given, "max", max);
        String both = concurrency;
        if (both != null) {
            String[] parts = both.split(":", 2);
            Integer soft = number(spec, parts[0]);
            given.put("softConcurrency", soft);
            given.put("hardConcurrency", parts.length == 2 ? number(spec, parts[1]) : soft * 5);
        }
        put(given, "isolation", isolation);
        if (idle != null) {
            given.put("idleMillis", Settings.time(spec, idle).toMillis());
        }
        if (stopTimeout != null) {
            given.put("stopTimeoutMillis", Settings.time(spec, stopTimeout).toMillis());
        }
        if (requestTimeout != null) {
            given.put("requestTimeoutMillis", Settings.time(spec, requestTimeout).toMillis());
        }
        put(given, "scaleToZero", scaleToZero);
        if ("stateful".equals(scaleToZero) && max == null) {
            given.put("max", 1);
        }
        scaling.setAll(given);
        return !given.isEmpty();
    }

    private static void put(ObjectNode node, String field, @Nullable Integer value) {
        if (value != null) {
            node.put(field, value);
        }
    }

    private static void put(ObjectNode node, String field, @Nullable String value) {
        if (value != null) {
            node.put(field, value);
        }
    }

    private static Integer number(CommandSpec spec, String text) {
        return Settings.parsed(
                spec,
                text,
                digits -> {
                    if (!digits.matches("[0-9]{1,6}")) {
                        throw new IllegalArgumentException(
                                "'%s' is not a number of requests; write for example 20:100"
                                        .formatted(digits));
                    }
                    return Integer.valueOf(digits);
                });
    }
}
