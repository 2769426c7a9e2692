package dev.littlecloud.runtime.template;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory the host has left: proc_meminfo(5). */
final class HostMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");

    /** Less than one in so many bytes is little. */
    private static final int SCARCE = 8;

    private HostMemory() {}

    /** Whether nothing should be made now that is only good for later. */
    static boolean isScarce() {
        try {
            long all = 0;
            long available = Long.MAX_VALUE;
            for (String line : Files.readAllLines(MEMINFO)) {
                if (line.startsWith("MemTotal:")) {
                    all = kibibytes(line);
                } else if (line.startsWith("MemAvailable:")) {
                    available = kibibytes(line);
                }
            }
            return available < all / SCARCE;
        } catch (IOException unreadable) {
            return true;
        }
    }

    private static long kibibytes(String line) {
        return Long.parseLong(line.replaceAll("\\D+", ""));
    }
}
