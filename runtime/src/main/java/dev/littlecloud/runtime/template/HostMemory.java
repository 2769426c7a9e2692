package dev.littlecloud.runtime.template;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory the host has left: proc_meminfo(5). */
final class HostMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");

    /** Less than one in so many bytes is little. */
    private static final int SCARCE = 8;

    private static final int KIBIBYTE = 1024;

    private HostMemory() {}

    /** Whether nothing should be made now that is only good for later. */
    static boolean isScarce() {
        return spareBytes() < 0;
    }

    /** How much there is beyond what is little: negative where it is little. */
    static long spareBytes() {
        try {
            long all = 0;
            long available = Long.MAX_VALUE;
            for (String line : Files.readAllLines(MEMINFO)) {
                if (line.startsWith("MemTotal:")) {
                    all = bytes(line);
                } else if (line.startsWith("MemAvailable:")) {
                    available = bytes(line);
                }
            }
            return available - all / SCARCE;
        } catch (IOException unreadable) {
            return -1;
        }
    }

    private static long bytes(String line) {
        return Long.parseLong(line.replaceAll("\\D+", "")) * KIBIBYTE;
    }
}
