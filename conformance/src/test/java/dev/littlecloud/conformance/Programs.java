package dev.littlecloud.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compiles the programs into the root, each only when its source changed.
 *
 * <p>A source says how it is to be built in a comment: {@code build: static dynamic}. Without one
 * it is linked statically.
 */
final class Programs {
    private static final Pattern BUILD =
            Pattern.compile("build:((?: (?:static-pie|static|dynamic))+)");
    private static final List<String> FLAGS = List.of("-O1", "-g", "-w", "-pthread");
    private static final Map<String, List<String>> VARIANTS =
            Map.of(
                    "static", List.of("-static"),
                    "static-pie", List.of("-static-pie", "-fPIE"),
                    "dynamic", List.of("-pie", "-fPIE"));

    private final Path sources;
    private final Path root;
    private final Path keys;

    /**
     * @param sources the directory of the families
     * @param root where {@code conformance/FAMILY/PROGRAM} is put
     * @param keys where the hashes of what was compiled are kept
     */
    Programs(Path sources, Path root, Path keys) {
        this.sources = sources;
        this.root = root;
        this.keys = keys;
    }

    /** All programs, compiled, in order of their names. */
    List<Program> build() throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(sources)) {
            files = tree.filter(file -> file.toString().endsWith(".c")).sorted().toList();
        }
        // Two compilers at a time: the linker is most of the work and the machines are small.
        return files.parallelStream().flatMap(file -> variants(file).stream()).toList();
    }

    private List<Program> variants(Path source) {
        try {
            Matcher build = BUILD.matcher(Files.readString(source));
            String[] variants =
                    build.find() ? build.group(1).strip().split(" ") : new String[] {"static"};
            List<Program> programs = new ArrayList<>();
            for (String variant : variants) {
                programs.add(compile(source, variant));
            }
            return programs;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while compiling " + source, interrupted);
        }
    }

    private Program compile(Path source, String variant) throws IOException, InterruptedException {
        String relative = sources.relativize(source).toString();
        String name = relative.substring(0, relative.length() - ".c".length());
        if (!variant.equals("static")) {
            name += "+" + variant;
        }
        Path binary = root.resolve("conformance").resolve(name);
        List<String> command = new ArrayList<>(List.of("gcc"));
        command.addAll(FLAGS);
        command.addAll(VARIANTS.getOrDefault(variant, List.of()));
        command.addAll(List.of("-o", binary.toString(), source.toString()));

        Path key = keys.resolve(name + ".key");
        String hash = hash(String.join(" ", command), source);
        if (!Files.exists(binary) || !Files.exists(key) || !Files.readString(key).equals(hash)) {
            Files.createDirectories(binary.getParent());
            Files.createDirectories(key.getParent());
            run(command);
            Files.writeString(key, hash);
        }
        return new Program(
                name, "/conformance/" + name, run(List.of(binary.toString())).lines().toList());
    }

    private String hash(String command, Path source) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(command.getBytes(StandardCharsets.UTF_8));
            digest.update(Files.readAllBytes(sources.resolve("case.h")));
            for (Path header : headersBeside(source)) {
                digest.update(Files.readAllBytes(header));
            }
            digest.update(Files.readAllBytes(source));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    /** What programs of a family have in common. */
    private static List<Path> headersBeside(Path source) throws IOException {
        try (Stream<Path> family = Files.list(source.resolveSibling(""))) {
            return family.filter(file -> file.toString().endsWith(".h")).sorted().toList();
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " failed:\n" + output);
        }
        return output;
    }
}
