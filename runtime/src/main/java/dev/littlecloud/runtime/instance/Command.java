package dev.littlecloud.runtime.instance;

import dev.littlecloud.image.ImageConfig;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.ProcessSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the first process runs: the image's wishes and the user's, put together as Docker does. */
record Command(List<String> arguments, List<String> environment, String workingDirectory) {
    private static final String DEFAULT_PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    static Command of(ImageConfig image, ProcessSpec spec, String hostname, String home) {
        List<String> arguments = new ArrayList<>();
        List<String> entrypoint = spec.entrypoint();
        if (entrypoint != null) {
            arguments.addAll(entrypoint);
            arguments.addAll(spec.command());
        } else {
            arguments.addAll(image.entrypoint());
            arguments.addAll(spec.command().isEmpty() ? image.cmd() : spec.command());
        }
        if (arguments.isEmpty()) {
            throw new InstanceException(
                    "the image has no command; say what to run, after the image");
        }
        String directory = spec.workingDirectory();
        if (directory == null) {
            directory = image.workingDir().isEmpty() ? "/" : image.workingDir();
        }
        return new Command(
                List.copyOf(arguments), environment(image, spec, hostname, home), directory);
    }

    private static List<String> environment(
            ImageConfig image, ProcessSpec spec, String hostname, String home) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("PATH", DEFAULT_PATH);
        values.put("HOSTNAME", hostname);
        if (spec.terminal()) {
            values.put("TERM", "xterm");
        }
        for (String assignment : image.env()) {
            int equals = assignment.indexOf('=');
            if (equals > 0) {
                values.put(assignment.substring(0, equals), assignment.substring(equals + 1));
            }
        }
        values.putAll(spec.environment());
        values.putIfAbsent("HOME", home);
        List<String> environment = new ArrayList<>();
        values.forEach((name, value) -> environment.add(name + "=" + value));
        return List.copyOf(environment);
    }

    /** Where the program may be: as given if it is a path, else in each directory of PATH. */
    List<String> candidates() {
        String program = arguments.getFirst();
        if (program.contains("/")) {
            return List.of(program);
        }
        String path = DEFAULT_PATH;
        for (String assignment : environment) {
            if (assignment.startsWith("PATH=")) {
                path = assignment.substring("PATH=".length());
            }
        }
        List<String> found = new ArrayList<>();
        for (String directory : path.split(":")) {
            found.add((directory.isEmpty() ? "." : directory) + "/" + program);
        }
        return found;
    }
}
