package dev.littlecloud.image;

import java.nio.file.Path;
import java.util.Map;

/** Where Littlecloud keeps its data. */
public final class DataDirectory {
    private DataDirectory() {}

    /**
     * LITTLECLOUD_DATA where it is set; else /var/lib/littlecloud for root; else the folder that
     * the XDG base directory specification gives, ~/.local/share/littlecloud.
     */
    public static Path fromEnvironment() {
        return choose(
                System.getenv(),
                System.getProperty("user.name", ""),
                Path.of(System.getProperty("user.home", "/")));
    }

    static Path choose(Map<String, String> environment, String user, Path home) {
        String chosen = environment.getOrDefault("LITTLECLOUD_DATA", "");
        if (!chosen.isEmpty()) {
            return Path.of(chosen).toAbsolutePath();
        }
        if (user.equals("root")) {
            return Path.of("/var/lib/littlecloud");
        }
        String shared = environment.getOrDefault("XDG_DATA_HOME", "");
        return (shared.startsWith("/") ? Path.of(shared) : home.resolve(".local/share"))
                .resolve("littlecloud");
    }
}
