package dev.littlecloud.runtime.host;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The host's view of this process' threads, also of those that the JVM keeps to itself. */
final class OwnThreads {
    private static final System.Logger LOG = System.getLogger(OwnThreads.class.getName());

    private OwnThreads() {}

    /**
     * Those that are there now, as directories of /proc named by their ids; none where that cannot be
     * read.
     *
     * @param name what their names begin with; Linux keeps 15 characters of a name
     */
    static List<Path> named(Pattern name) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                if (name.matcher(nameOf(thread)).lookingAt()) {
                    found.add(thread);
                }
            }
        } catch (IOException unreadable) {
            LOG.log(System.Logger.Level.DEBUG, "the JVM's threads cannot be found", unreadable);
        }
        return found;
    }

    static int id(Path thread) {
        return Integer.parseInt(thread.getFileName().toString());
    }

    /** Empty for one that has ended since. */
    private static String nameOf(Path thread) {
        try {
            return Files.readString(thread.resolve("comm"));
        } catch (IOException gone) {
            return "";
        }
    }
}
