package dev.littlecloud.cli.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * A demo image's files on the host, so that a baseline runs the same binaries: with the image's own
 * dynamic linker and libraries, and without root's rights.
 */
final class HostRoot {
    private static final String LINKER = "lib64/ld-linux-x86-64.so.2";
    private static final String LIBRARIES = "usr/lib/x86_64-linux-gnu";

    private final Path root;

    private HostRoot(Path root) {
        this.root = root;
    }

    /** Unpacks the programs, libraries and configuration of a demo image into a directory. */
    static HostRoot unpack(Path imageFile, Path directory) throws Exception {
        Path archive = Files.createDirectories(directory.resolve("archive"));
        run("tar", "-xf", imageFile.toString(), "-C", archive.toString());
        Path root = Files.createDirectories(directory.resolve("root"));
        for (Path layer : layers(archive)) {
            run("tar", "-xf", layer.toString(), "-C", root.toString(), "--exclude=./dev");
        }
        return new HostRoot(root);
    }

    /** Our demo images have one layer, which is the only file of that name. */
    private static List<Path> layers(Path archive) throws IOException {
        List<Path> layers = new ArrayList<>();
        Files.walkFileTree(
                archive,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (file.endsWith("layer.tar")) {
                            layers.add(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        return layers;
    }

    Path file(String path) {
        return root.resolve(path);
    }

    /** A command line that runs a program of the image. */
    List<String> command(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(resolved(LINKER).toString());
        // redis-server is told by its name what it is.
        command.add("--argv0");
        command.add(program);
        command.add("--library-path");
        command.add(file(LIBRARIES) + ":" + file(LIBRARIES.substring("usr/".length())));
        command.add(resolved(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    /** Follows links as if the image were the whole file system. */
    private Path resolved(String path) {
        Path file = root.resolve(path);
        for (int i = 0; i < 8 && Files.isSymbolicLink(file); i++) {
            try {
                Path target = Files.readSymbolicLink(file);
                file =
                        target.isAbsolute()
                                ? root.resolve(target.toString().substring(1))
                                : file.resolveSibling(target);
            } catch (IOException gone) {
                return file;
            }
        }
        return file;
    }

    /** Runs a command to its end and returns its output. */
    static String run(String... command) throws Exception {
        return run(List.of(command));
    }

    static String run(List<String> command) throws Exception {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException missing) {
            throw new UnavailableException(
                    "%s is missing; 'apt-get install %1$s' gets it".formatted(command.getFirst()));
        }
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException(
                    "%s ended with code %d: %s"
                            .formatted(command.getFirst(), code, output.strip()));
        }
        return output;
    }
}
