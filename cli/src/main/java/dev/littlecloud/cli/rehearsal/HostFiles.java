package dev.littlecloud.cli.rehearsal;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Programs of this host, and the libraries that they need. */
final class HostFiles {
    /** A line of ldd(1): {@code libc.so.6 => /lib/libc.so.6 (0x7f...)}, or only the path. */
    private static final Pattern LIBRARY = Pattern.compile("(?m)(?:^|\\s)(/\\S+)\\s+\\(0x");

    private HostFiles() {}

    /** Where programs are, in the order of their names, by the PATH of this process. */
    static SequencedSet<Path> tools(List<String> names) throws IOException {
        SequencedSet<Path> tools = new LinkedHashSet<>();
        for (String name : names) {
            tools.add(find(name));
        }
        return tools;
    }

    private static Path find(String name) throws IOException {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            Path program = Path.of(directory, name);
            if (program.isAbsolute() && Files.isExecutable(program)) {
                return program;
            }
        }
        throw new NoSuchFileException(name);
    }

    /** What files are linked to, as far as they are linked to anything; ldd(1). */
    static SequencedSet<Path> libraries(Collection<Path> files) throws IOException {
        List<String> command = new ArrayList<>(List.of("ldd"));
        files.forEach(file -> command.add(file.toString()));
        Process ldd =
                new ProcessBuilder(command)
                        .redirectInput(new File("/dev/null"))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        String output = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        SequencedSet<Path> libraries = new LinkedHashSet<>();
        for (Matcher line = LIBRARY.matcher(output); line.find(); ) {
            libraries.add(Path.of(line.group(1)).normalize());
        }
        return libraries;
    }
}
