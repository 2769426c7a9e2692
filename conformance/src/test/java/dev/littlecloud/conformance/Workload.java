package dev.littlecloud.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A shell script that works with the real programs of a demo image.
 *
 * @param image the demo image
 * @param shell the shell of the image that runs the script
 * @param text the script
 * @param expected what it must print
 */
record Workload(String name, String image, String shell, String text, String expected) {
    private static final Path DIRECTORY = Path.of("workloads");
    private static final String SHELL = "#!";
    private static final String IMAGE = "# image: ";

    static List<Workload> all() throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(DIRECTORY)) {
            files = entries.filter(file -> file.toString().endsWith(".sh")).sorted().toList();
        }
        List<Workload> workloads = new ArrayList<>();
        for (Path file : files) {
            workloads.add(read(file));
        }
        return workloads;
    }

    private static Workload read(Path file) throws IOException {
        String text = Files.readString(file);
        List<String> lines = text.lines().limit(2).toList();
        if (lines.size() < 2
                || !lines.get(0).startsWith(SHELL)
                || !lines.get(1).startsWith(IMAGE)) {
            throw new IOException(file + ": its first lines name no shell and no image");
        }
        String fileName = file.getFileName().toString();
        String name = fileName.substring(0, fileName.length() - ".sh".length());
        return new Workload(
                name,
                lines.get(1).substring(IMAGE.length()),
                lines.get(0).substring(SHELL.length()),
                text,
                Files.readString(file.resolveSibling(name + ".out"), StandardCharsets.ISO_8859_1));
    }
}
