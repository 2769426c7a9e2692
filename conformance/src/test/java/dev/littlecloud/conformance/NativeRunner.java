package dev.littlecloud.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a command on the host, in a session and a temporary directory of its own. */
final class NativeRunner {
    private final Path root;

    NativeRunner(Path root) {
        this.root = root;
    }

    Result run(List<String> command, Duration deadline) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("conformance");
        try {
            return run(command, deadline, directory);
        } finally {
            delete(directory);
        }
    }

    private Result run(List<String> command, Duration deadline, Path directory)
            throws IOException, InterruptedException {
        // Files, not pipes: a process left behind that holds a pipe open would hang the reader.
        Path stdout = directory.resolve("stdout");
        Path stderr = directory.resolve("stderr");
        Path work = Files.createDirectory(directory.resolve("tmp"));
        // Java's child never leads a group, so setsid(1) runs the command in its own process.
        ProcessBuilder builder = new ProcessBuilder("setsid");
        builder.command().addAll(command);
        builder.directory(work.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(stdout.toFile())
                .redirectError(stderr.toFile());
        builder.environment().clear();
        builder.environment().putAll(GuestRoot.ENVIRONMENT);
        builder.environment().put("PATH", root.resolve("bin").toString());
        builder.environment().put("TMPDIR", work.toString());
        Process process = builder.start();
        boolean finished = process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
        killSession(process);
        return new Result(process.waitFor(), text(stdout), text(stderr), !finished);
    }

    private static void killSession(Process process) throws IOException, InterruptedException {
        List<ProcessHandle> children = process.descendants().toList();
        new ProcessBuilder("sh", "-c", "kill -KILL -" + process.pid())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        children.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static String text(Path file) throws IOException {
        // Latin-1 keeps every byte, so that equal texts are equal bytes.
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(
                directory,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes about)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path visited, IOException failure)
                            throws IOException {
                        Files.delete(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
