package dev.littlecloud.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A shell script and one of the shells it is for.
 *
 * @param source the script; beside it lies the text it must print, with ".out" for ".sh"
 */
record Script(Path source, String shell) {
    private static final String SHELLS = "# shells: ";

    /** Puts all scripts of a directory into the root; a script's second line names its shells. */
    static List<Script> install(Path directory, Path root) throws IOException {
        Path target = Files.createDirectories(root.resolve("conformance/shell"));
        List<Path> files;
        try (Stream<Path> entries = Files.list(directory)) {
            files = entries.filter(file -> file.toString().endsWith(".sh")).sorted().toList();
        }
        List<Script> scripts = new ArrayList<>();
        for (Path file : files) {
            Files.copy(
                    file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            String line = Files.readAllLines(file).get(1);
            if (!line.startsWith(SHELLS)) {
                throw new IOException(file + ": the second line names no shells");
            }
            for (String shell : line.substring(SHELLS.length()).split(" ")) {
                scripts.add(new Script(file, shell));
            }
        }
        return scripts;
    }

    private String name() {
        String file = source.getFileName().toString();
        return file.substring(0, file.length() - ".sh".length());
    }

    String id() {
        return "shell/" + name() + "/" + shell;
    }

    List<String> command() {
        String path = "/conformance/shell/" + source.getFileName();
        return shell.equals("sh")
                ? List.of("/bin/busybox", "sh", path)
                : List.of("/bin/bash", path);
    }

    /** What the script prints, standard output first, every byte a character. */
    String expected() throws IOException {
        return Files.readString(
                source.resolveSibling(name() + ".out"), StandardCharsets.ISO_8859_1);
    }
}
