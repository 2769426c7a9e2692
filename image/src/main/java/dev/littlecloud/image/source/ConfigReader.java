package dev.littlecloud.image.source;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageConfig;
import dev.littlecloud.image.ImageConfig.ExposedPort;
import dev.littlecloud.image.ImageConfig.Healthcheck;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Reads an image configuration, of OCI or of Docker, which differ in nothing we use. */
final class ConfigReader {
    static final int MOST_BYTES = 4 << 20;

    /**
     * The parts that matter.
     *
     * @param diffIds digests of the layers' tars, lowest first
     */
    record Read(ImageConfig config, List<Digest> diffIds) {}

    private ConfigReader() {}

    static Read read(byte[] json, String label) {
        JsonNode root = Json.object(json, label);
        requirePlatform(root, label);
        JsonNode rootfs = Json.objectIn(root, "rootfs", label);
        if (!Json.text(rootfs, "type", label).equals("layers")) {
            throw ImageException.malformed(label + " is not the configuration of an image");
        }
        List<Digest> diffIds =
                Json.texts(rootfs, "diff_ids", label).stream().map(Digest::parse).toList();
        JsonNode config = Json.objectIn(root, "config", label);
        return new Read(
                new ImageConfig(
                        texts(config, "Entrypoint", label),
                        texts(config, "Cmd", label),
                        texts(config, "Env", label),
                        text(config, "User", label),
                        text(config, "WorkingDir", label),
                        exposedPorts(config, label),
                        volumes(config, label),
                        Optional.of(text(config, "StopSignal", label)).filter(s -> !s.isEmpty()),
                        healthcheck(config, label),
                        labels(config, label),
                        created(root, label)),
                diffIds);
    }

    private static void requirePlatform(JsonNode root, String label) {
        String os = Json.text(root, "os", label);
        String architecture = Json.text(root, "architecture", label);
        if (!Platforms.isSupported(os, architecture)) {
            throw new ImageException(
                    ErrorCode.WRONG_PLATFORM,
                    "the image is for "
                            + os
                            + "/"
                            + architecture
                            + "; it must be for "
                            + Platforms.SUPPORTED);
        }
    }

    /** A text that is going to be an argument or a path, where NUL cannot be. */
    private static String text(JsonNode object, String field, String label) {
        return withoutNul(Json.text(object, field, label), field, label);
    }

    private static List<String> texts(JsonNode object, String field, String label) {
        List<String> texts = Json.texts(object, field, label);
        texts.forEach(text -> withoutNul(text, field, label));
        return texts;
    }

    private static String withoutNul(String text, String field, String label) {
        if (text.indexOf('\0') >= 0) {
            throw ImageException.malformed("'" + field + "' in " + label + " has a NUL character");
        }
        return text;
    }

    private static List<ExposedPort> exposedPorts(JsonNode config, String label) {
        List<ExposedPort> ports = new ArrayList<>();
        for (String text : Json.objectIn(config, "ExposedPorts", label).propertyNames()) {
            int slash = text.indexOf('/');
            String protocol = slash < 0 ? "tcp" : text.substring(slash + 1);
            String number = slash < 0 ? text : text.substring(0, slash);
            boolean good =
                    number.length() <= 5
                            && !number.isEmpty()
                            && number.chars().allMatch(c -> c >= '0' && c <= '9')
                            && Integer.parseInt(number) >= 1
                            && Integer.parseInt(number) <= 65_535
                            && List.of("tcp", "udp", "sctp").contains(protocol);
            if (!good) {
                throw ImageException.malformed(
                        "'" + text + "' in 'ExposedPorts' of " + label + " is not PORT/PROTOCOL");
            }
            ports.add(new ExposedPort(Integer.parseInt(number), protocol));
        }
        return ports;
    }

    private static List<String> volumes(JsonNode config, String label) {
        List<String> volumes = new ArrayList<>();
        for (String path : Json.objectIn(config, "Volumes", label).propertyNames()) {
            volumes.add(withoutNul(path, "Volumes", label));
        }
        return volumes;
    }

    private static Map<String, String> labels(JsonNode config, String label) {
        JsonNode object = Json.objectIn(config, "Labels", label);
        Map<String, String> labels = new TreeMap<>();
        for (String name : object.propertyNames()) {
            labels.put(name, Json.text(object, name, label));
        }
        return labels;
    }

    private static Optional<Healthcheck> healthcheck(JsonNode config, String label) {
        JsonNode check = Json.objectIn(config, "Healthcheck", label);
        if (check.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Healthcheck(
                        texts(check, "Test", label),
                        duration(check, "Interval", label),
                        duration(check, "Timeout", label),
                        duration(check, "StartPeriod", label),
                        (int) Math.clamp(Json.number(check, "Retries", 0, label), 0, 1_000_000)));
    }

    private static Duration duration(JsonNode check, String field, String label) {
        long nanos = Json.number(check, field, 0, label);
        if (nanos < 0) {
            throw ImageException.malformed("'" + field + "' in " + label + " is negative");
        }
        return Duration.ofNanos(nanos);
    }

    private static Instant created(JsonNode root, String label) {
        String text = Json.text(root, "created", label);
        if (text.isEmpty()) {
            return Instant.EPOCH;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw ImageException.malformed("'created' in " + label + " is not a time: " + text);
        }
    }
}
