package dev.littlecloud.control.model;

import dev.littlecloud.control.ControlException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a service is to be. All but {@code scaling} belongs to a revision.
 *
 * @param image as for {@code littlecloud run}
 * @param port where the program listens; empty for the first port that the image exposes
 * @param protocol {@code http1}, {@code h2c} or {@code tcp}
 * @param publishedPort the port of this machine that leads to a tcp service
 * @param domains further host names that lead to it, in lower case
 * @param command instead of the image's; empty for that
 * @param secrets variables by the names of the secrets they get
 * @param readyWhen what makes a booted instance a template: {@code listening} on its port, {@code
 *     healthy} by the image's HEALTHCHECK, {@code told} by the program itself, or {@code auto} for
 *     healthy where the image has a HEALTHCHECK and listening else
 * @param egress {@code none}, {@code outbound} or {@code loopback}
 */
public record ServiceSpec(
        String image,
        Optional<Integer> port,
        String protocol,
        Optional<Integer> publishedPort,
        List<String> domains,
        List<String> command,
        Map<String, String> env,
        Map<String, String> secrets,
        long memoryBytes,
        int milliCpus,
        String readyWhen,
        long readyTimeoutMillis,
        String egress,
        Scaling scaling) {
    private static final int HIGHEST_PORT = 65_535;

    public ServiceSpec {
        domains = List.copyOf(domains);
        command = List.copyOf(command);
        env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
        secrets = Collections.unmodifiableMap(new LinkedHashMap<>(secrets));
    }

    /**
     * Reads a specification.
     *
     * @throws ControlException BAD_REQUEST that names the field
     */
    public static ServiceSpec read(JsonFields fields) {
        ServiceSpec spec =
                new ServiceSpec(
                        fields.requiredText("image"),
                        fields.number("port", 1, HIGHEST_PORT).map(Long::intValue),
                        fields.choice("protocol", "http1", "http1", "h2c", "tcp"),
                        fields.number("publishedPort", 1, HIGHEST_PORT).map(Long::intValue),
                        fields.texts("domains").stream().map(Names::domain).distinct().toList(),
                        fields.texts("command"),
                        variables(fields.map("env"), "env"),
                        variables(fields.map("secrets"), "secrets"),
                        fields.number("memoryBytes", 512L << 20, 4L << 20, 1L << 40),
                        (int) fields.number("milliCpus", 1000, 10, 64_000),
                        fields.choice("readyWhen", "auto", "auto", "listening", "healthy", "told"),
                        fields.number("readyTimeoutMillis", 60_000, 1_000, 3_600_000),
                        fields.choice("egress", "outbound", "none", "outbound", "loopback"),
                        Scaling.read(fields.object("scaling")));
        fields.requireNoOthers();
        spec.secrets.values().forEach(name -> Names.checked(name, "a secret"));
        if (spec.publishedPort.isPresent() && !spec.protocol.equals("tcp")) {
            throw ControlException.badRequest(
                    "'publishedPort' is for the protocol tcp; HTTP services go by their names");
        }
        return spec;
    }

    private static Map<String, String> variables(Map<String, String> map, String field) {
        for (Map.Entry<String, String> entry : map.entrySet()) {
            String name = entry.getKey();
            if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf(0) >= 0) {
                throw ControlException.badRequest(
                        "'" + field + "." + name + "' is not the name of a variable");
            }
            if (entry.getValue().indexOf(0) >= 0) {
                throw ControlException.badRequest("'" + field + "." + name + "' has a zero byte");
            }
        }
        return map;
    }

    public ServiceSpec withScaling(Scaling newScaling) {
        return new ServiceSpec(
                image,
                port,
                protocol,
                publishedPort,
                domains,
                command,
                env,
                secrets,
                memoryBytes,
                milliCpus,
                readyWhen,
                readyTimeoutMillis,
                egress,
                newScaling);
    }

    /** Whether only the scaling differs. */
    public boolean isSameRevision(ServiceSpec other) {
        return withScaling(Scaling.DEFAULT).equals(other.withScaling(Scaling.DEFAULT));
    }
}
