package dev.littlecloud.conformance;

import dev.littlecloud.runtime.ProcessSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A shell script that becomes a server of a demo image which remembers what it was asked.
 *
 * @param request what a client sends, in ISO 8859-1
 * @param first what the answer to the first one contains
 * @param second what the answer to the same request contains after that
 * @param ends its exit code after SIGTERM; null where it does not handle that
 */
record Server(
        String name,
        String image,
        int port,
        String request,
        String first,
        String second,
        @Nullable Integer ends,
        ProcessSpec process) {
    private static final Path DIRECTORY = Path.of("servers");
    private static final String SUFFIX = ".sh";
    private static final String SHELL = "#!";

    static List<Server> all() throws IOException {
        try (Stream<Path> entries = Files.list(DIRECTORY)) {
            return entries.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .map(Server::read)
                    .toList();
        }
    }

    private static Server read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        String fileName = file.getFileName().toString();
        String shell = header(text, SHELL);
        String path = header(text, "# get: ");
        String request = path == null ? header(text, "# request: ") : http(path);
        String ends = header(text, "# ends: ");
        String image = header(text, "# image: ");
        String port = header(text, "# port: ");
        String first = header(text, "# first: ");
        String second = header(text, "# second: ");
        if (shell == null
                || request == null
                || image == null
                || port == null
                || first == null
                || second == null) {
            throw new IllegalArgumentException(file + ": its first lines do not say all");
        }
        return new Server(
                fileName.substring(0, fileName.length() - SUFFIX.length()),
                image,
                Integer.parseInt(port),
                request.translateEscapes(),
                first.translateEscapes(),
                second.translateEscapes(),
                ends == null ? null : Integer.valueOf(ends),
                new ProcessSpec(
                        List.of(), List.of(shell, "-c", text), Map.of(), null, null, false, false));
    }

    private static String http(String path) {
        return "GET %s HTTP/1.1\\r\\nHost: clone\\r\\nConnection: close\\r\\n\\r\\n"
                .formatted(path);
    }

    private static @Nullable String header(String text, String key) {
        return text.lines()
                .takeWhile(line -> line.startsWith("#"))
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()))
                .findFirst()
                .orElse(null);
    }

    @Override
    public String toString() {
        return name;
    }
}
