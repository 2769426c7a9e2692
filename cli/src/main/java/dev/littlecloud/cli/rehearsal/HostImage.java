package dev.littlecloud.cli.rehearsal;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * An image of programs that a host which builds Littlecloud has: bash, which starts it, a few tools,
 * and the JDK that runs it. What they do has the kernel do what it does for other programs.
 */
final class HostImage {
    private static final List<String> TOOLS =
            List.of("bash", "cat", "cp", "head", "ls", "mkdir", "mv", "rm", "sleep", "sort");

    /** What {@code java -version} needs of a JDK, as far as that has it. */
    private static final List<String> JDK_FILES =
            List.of(
                    "bin/java",
                    "lib/jvm.cfg",
                    "lib/modules",
                    "lib/libjava.so",
                    "lib/libjimage.so",
                    "lib/libjli.so",
                    "lib/libzip.so",
                    "lib/server/classes.jsa",
                    "lib/server/libjvm.so");

    /**
     * Processes, pipes, files, signals and waits; then threads, their memory and their waits. Often
     * enough for the JVM to know which parts of the kernel are used most.
     */
    private static final String SCRIPT =
            """
            PATH=%s
            mkdir -p /tmp/d
            for i in 1 2 3 4 5 6; do
                for f in /usr/bin/* /usr/lib/*; do [ -x "$f" ]; done
                lines=$(ls -l /usr/lib /proc | sort | head -n 5 | cat)
                read -r line </proc/self/stat
                (exit 3)
                ls /nothing 2>/dev/null
                trap 'got=1' USR1
                kill -USR1 $$
                sleep 0.01 & wait
                head -c 300000 "$BASH" | cat >/tmp/a
                cp /tmp/a /tmp/b
                mv /tmp/b /tmp/c
                rm /tmp/c
                mkdir -p /tmp/d/$i
            done
            for i in 1 2 3 4 5 6 7 8; do java -version 2>/dev/null || exit; done
            echo "the host's programs ran"
            """;

    /** The files in it, by their real names on the host. */
    private final SequencedSet<Path> files;

    private final Path bash;

    private HostImage(SequencedSet<Path> files) {
        this.files = files;
        this.bash = files.getFirst();
    }

    /**
     * Finds the programs of this host.
     *
     * @throws IOException where one of them is not there
     */
    static HostImage ofThisHost() throws IOException {
        SequencedSet<Path> programs = HostFiles.tools(TOOLS);
        Path jdk = Path.of(System.getProperty("java.home"));
        for (String name : JDK_FILES) {
            if (Files.isReadable(jdk.resolve(name))) {
                programs.add(jdk.resolve(name));
            }
        }
        programs.addAll(HostFiles.libraries(programs));
        return new HostImage(programs);
    }

    /** Writes it as a layout into a directory, which is made. */
    void write(Path directory) throws IOException {
        Layout.write(directory, this::writeLayer, bash.toString());
    }

    private void writeLayer(OutputStream out) throws IOException {
        OutputStream blocks = new BufferedOutputStream(out);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(blocks);
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        for (Path file : files) {
            // The path that it is used by; links on the way there are not of interest.
            TarArchiveEntry entry = new TarArchiveEntry(file.toString().substring(1));
            entry.setSize(Files.size(file));
            entry.setMode(0100755);
            tar.putArchiveEntry(entry);
            Files.copy(file, tar);
            tar.closeArchiveEntry();
        }
        tar.finish();
        blocks.flush();
    }

    /** The command line of {@code littlecloud} that runs it once it is written. */
    String[] commandLine(Path directory) {
        String path =
                files.stream()
                        .map(file -> String.valueOf(file.getParent()))
                        .filter(parent -> parent.endsWith("bin"))
                        .distinct()
                        .collect(Collectors.joining(":"));
        return new String[] {
            "run",
            "--cpus",
            "2",
            "--timeout",
            "60s",
            "oci:" + directory,
            "-c",
            SCRIPT.formatted(path)
        };
    }

    /** What is in it. */
    Collection<Path> files() {
        return new ArrayList<>(files);
    }
}
