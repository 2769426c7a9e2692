package dev.littlecloud.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The root file system of the guest, as a directory: the programs, busybox with all its applets,
 * bash, the C library for the dynamically linked ones, and the few files of /etc that they read.
 */
final class GuestRoot {
    static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", "/bin", "HOME", "/tmp", "LANG", "C", "TMPDIR", "/tmp");

    private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");
    private static final List<String> DIRECTORIES =
            List.of("bin", "conformance", "dev", "etc", "proc", "root", "run", "sys", "tmp", "var");

    private final Path root;

    GuestRoot(Path root) {
        this.root = root;
    }

    /** Lays out all but the programs; harmless when it is there already. */
    void create() throws IOException, InterruptedException {
        for (String directory : DIRECTORIES) {
            Files.createDirectories(root.resolve(directory));
        }
        Files.writeString(
                root.resolve("etc/passwd"),
                """
                root:x:0:0:root:/root:/bin/sh
                daemon:x:1:1:daemon:/tmp:/bin/sh
                nobody:x:65534:65534:nobody:/tmp:/bin/sh
                """);
        Files.writeString(root.resolve("etc/group"), "root:x:0:\ndaemon:x:1:\nnogroup:x:65534:\n");
        Files.writeString(
                root.resolve("etc/hosts"), "127.0.0.1 localhost\n::1 localhost ip6-localhost\n");
        Path busybox = root.resolve("bin/busybox");
        copy(Path.of("/bin/busybox"), busybox);
        for (String applet : output("/bin/busybox", "--list").lines().toList()) {
            Path link = root.resolve("bin").resolve(applet);
            if (!applet.equals("busybox") && !Files.isSymbolicLink(link)) {
                Files.createSymbolicLink(link, Path.of("busybox"));
            }
        }
        copy(Path.of("/bin/bash"), root.resolve("bin/bash"));
        Matcher libraries = LIBRARY.matcher(output("ldd", "/bin/bash"));
        while (libraries.find()) {
            Path library = Path.of(libraries.group(1));
            copy(library, root.resolve(library.toString().substring(1)));
        }
        // glibc opens it when a thread is cancelled.
        Path unwinder = Path.of("lib/x86_64-linux-gnu/libgcc_s.so.1");
        copy(Path.of("/").resolve(unwinder), root.resolve(unwinder));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        if (!Files.exists(to) || Files.size(to) != Files.size(from)) {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + output);
        }
        return output;
    }
}
