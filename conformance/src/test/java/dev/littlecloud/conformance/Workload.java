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
 * @param isLong whether it runs only where it is asked for by its whole name
 */
record Workload(
        String name, String image, String shell, String text, String expected, boolean isLong) {
    private static final Path DIRECTORY = Path.of("workloads");
    private static final String SHELL = "#!";
    private static final String IMAGE = "# image: ";
    private static final String LONG = "# long";

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

    /** Whether this run of the tests is to do it. */
    boolean isWanted() {
        String id = "workloads/" + name;
        return isLong
                ? id.equals(System.getProperty("conformance.only"))
                : Suite.wanted(id, "guest");
    }

    private static Workload read(Path file) throws IOException {
        String text = Files.readString(file);
        List<String> lines = text.lines().limit(3).toList();
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
                Files.readString(file.resolveSibling(name + ".out"), StandardCharsets.ISO_8859_1),
                lines.size() > 2 && lines.get(2).equals(LONG));
    }
}
