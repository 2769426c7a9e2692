package dev.littlecloud.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A demo image's files as the root of processes on the host: for programs that look for their parts
 * at fixed paths. It takes util-linux's unshare(1), in namespaces of users where it is not root.
 */
final class HostPrograms {
    private static final String ENTER =
            """
            mount --rbind /dev "$0/dev" && mount --rbind /proc "$0/proc" &&
            cd / && exec chroot "$@"
            """;

    private static final String PATH =
            "PATH=/usr/lib/postgresql/15/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Path root;

    private HostPrograms(Path root) {
        this.root = root;
    }

    static HostPrograms of(HostRoot files) throws IOException {
        Path root = files.file("");
        for (String directory : List.of("dev", "proc", "tmp")) {
            Files.createDirectories(root.resolve(directory));
        }
        Files.setPosixFilePermissions(
                root.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
        return new HostPrograms(root);
    }

    /** A command line that runs a script with the image's shell, as a user given by number. */
    private List<String> command(int user, String script) throws Exception {
        boolean isRoot = HostRoot.run("id", "-u").strip().equals("0");
        if (user != 0 && !isRoot) {
            throw new UnavailableException("other users on the host take root's rights");
        }
        List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
        if (!isRoot) {
            command.add("--map-root-user");
        }
        command.addAll(List.of("sh", "-c", ENTER, root.toString()));
        command.add("--userspec=%d:%d".formatted(user, user));
        command.addAll(List.of(root.toString(), "/usr/bin/env", "-i", PATH, "HOME=/tmp"));
        command.addAll(List.of("/bin/sh", "-c", script));
        return command;
    }

    /** Runs a script to its end. */
    void run(String script) throws Exception {
        HostRoot.run(command(0, script));
    }

    /** Starts a script that becomes a server. */
    Server start(int user, int port, String script) throws Exception {
        return Server.process(port, command(user, script));
    }
}
