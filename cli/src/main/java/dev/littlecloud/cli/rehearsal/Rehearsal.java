package dev.littlecloud.cli.rehearsal;

import dev.littlecloud.cli.Littlecloud;
import dev.littlecloud.runtime.host.KvmAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs common command lines while the build makes the AOT cache, so that what they need is in it; or a
 * cloud, for the cache of {@code up}, which is twice as large and would slow other commands down.
 * The first argument is a directory for the image that is run, {@code cloud} a possible second one;
 * LITTLECLOUD_DATA is another directory.
 */
final class Rehearsal {
    private Rehearsal() {}

    public static void main(String[] arguments) throws IOException {
        Path image = Path.of(arguments[0]);
        if (arguments.length > 1) {
            rehearseCloud(image);
            return;
        }
        TinyImage.write(image);
        List<String[]> commandLines = new ArrayList<>();
        commandLines.add(new String[] {"--help"});
        commandLines.add(new String[] {"version"});
        commandLines.add(new String[] {"run", "--help"});
        commandLines.add(new String[] {"run", "--no-such-option"});
        commandLines.add(new String[] {"image", "load", "oci:" + image});
        commandLines.add(new String[] {"image", "ls"});
        commandLines.add(new String[] {"image", "ls", "--output", "json"});
        if (KvmAccess.problem().isEmpty()) {
            for (int i = 0; i < 2; i++) {
                commandLines.add(new String[] {"run", "oci:" + image, "-e", "A=1"});
            }
        }
        if (KvmAccess.problem().isEmpty()) {
            addHostImage(commandLines, image.resolveSibling("host-image"));
        }
        for (String[] commandLine : commandLines) {
            Littlecloud.execute(commandLine);
        }
    }

    /** Programs that call much, where the host has them all. */
    private static void addHostImage(List<String[]> commandLines, Path directory) {
        try {
            HostImage image = HostImage.ofThisHost();
            image.write(directory);
            commandLines.add(image.commandLine(directory));
        } catch (IOException missing) {
            System.err.println("no programs of the host are rehearsed: " + missing);
        }
    }

    private static void rehearseCloud(Path directory) {
        Littlecloud.execute("up", "--help");
        try {
            if (KvmAccess.problem().isEmpty()) {
                RehearsedCloud.run(directory);
            }
        } catch (IOException | RuntimeException failed) {
            // What was loaded up to here is worth a cache.
            System.err.println("a cloud could not be rehearsed: " + failed);
        }
    }
}
