package dev.littlecloud.image;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an image says about how it is run: the {@code config} of an OCI image configuration.
 *
 * <p>Texts are Unicode; a program in the guest gets them as UTF-8.
 *
 * @param entrypoint ENTRYPOINT; empty where the image has none
 * @param cmd CMD; empty where the image has none
 * @param env ENV in order, as {@code NAME=value} unless the image was made by something odd
 * @param user USER as written: {@code ""}, {@code name}, {@code uid}, {@code name:group}, ...
 * @param workingDir WORKDIR; {@code ""} means {@code /}
 * @param exposedPorts EXPOSE
 * @param volumes VOLUME, absolute paths in the guest
 * @param stopSignal STOPSIGNAL as written ({@code SIGQUIT}, {@code 3}); empty means SIGTERM
 * @param healthcheck HEALTHCHECK
 * @param labels LABEL
 * @param created when the image was made, the epoch where it does not say
 */
public record ImageConfig(
        List<String> entrypoint,
        List<String> cmd,
        List<String> env,
        String user,
        String workingDir,
        List<ExposedPort> exposedPorts,
        List<String> volumes,
        Optional<String> stopSignal,
        Optional<Healthcheck> healthcheck,
        Map<String, String> labels,
        Instant created) {

    public static final ImageConfig EMPTY =
            new ImageConfig(
                    List.of(),
                    List.of(),
                    List.of(),
                    "",
                    "",
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Map.of(),
                    Instant.EPOCH);

    public ImageConfig {
        entrypoint = List.copyOf(entrypoint);
        cmd = List.copyOf(cmd);
        env = List.copyOf(env);
        exposedPorts = List.copyOf(exposedPorts);
        volumes = List.copyOf(volumes);
        labels = Map.copyOf(labels);
    }

    /**
     * A port the image listens on.
     *
     * @param port 1 to 65535
     * @param protocol {@code tcp}, {@code udp} or {@code sctp}
     */
    public record ExposedPort(int port, String protocol) {
        @Override
        public String toString() {
            return port + "/" + protocol;
        }
    }

    /**
     * How to ask the image whether it is well.
     *
     * @param test {@code [CMD, ...]}, {@code [CMD-SHELL, text]} or {@code [NONE]}
     * @param interval between checks; zero means the default
     * @param timeout of one check; zero means the default
     * @param startPeriod in which failures do not count; zero means the default
     * @param retries failures in a row that make it unhealthy; zero means the default
     */
    public record Healthcheck(
            List<String> test,
            Duration interval,
            Duration timeout,
            Duration startPeriod,
            int retries) {
        public Healthcheck {
            test = List.copyOf(test);
        }
    }
}
