package dev.littlecloud.runtime;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the first process of an instance runs, as far as it differs from the image's configuration.
 *
 * @param entrypoint replaces the image's ENTRYPOINT and drops its CMD; empty for none; null keeps
 *     both
 * @param command replaces the image's CMD when not empty
 * @param environment added to the image's ENV, in this order
 * @param workingDirectory null for the image's WORKDIR
 * @param user {@code name|uid[:group|gid]}; null for the image's USER
 * @param interactive whether standard input is the caller's; else it is empty
 * @param terminal whether the process gets a terminal of its own
 */
public record ProcessSpec(
        @Nullable List<String> entrypoint,
        List<String> command,
        Map<String, String> environment,
        @Nullable String workingDirectory,
        @Nullable String user,
        boolean interactive,
        boolean terminal) {
    public static final ProcessSpec DEFAULT =
            new ProcessSpec(null, List.of(), Map.of(), null, null, false, false);

    public ProcessSpec {
        entrypoint = entrypoint == null ? null : List.copyOf(entrypoint);
        command = List.copyOf(command);
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        if (workingDirectory != null && !workingDirectory.startsWith("/")) {
            throw new IllegalArgumentException(
                    "the working directory '%s' is not an absolute path"
                            .formatted(workingDirectory));
        }
        if (user != null && user.isEmpty()) {
            throw new IllegalArgumentException("the user is empty; write NAME|UID[:GROUP|GID]");
        }
    }

    public ProcessSpec withCommand(List<String> newCommand) {
        return new ProcessSpec(
                entrypoint, newCommand, environment, workingDirectory, user, interactive, terminal);
    }
}
