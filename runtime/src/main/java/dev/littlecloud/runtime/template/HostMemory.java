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
            String table = Files.readString(MEMINFO);
            return bytes(table, "MemAvailable:") - bytes(table, "MemTotal:") / SCARCE;
        } catch (IOException unreadable) {
            return -1;
        }
    }

    private static long bytes(String table, String name) throws IOException {
        int line = table.indexOf(name);
        int unit = table.indexOf(" kB", line);
        if (line < 0 || unit < 0) {
            throw new IOException("no " + name + " in " + MEMINFO);
        }
        return Long.parseLong(table.substring(line + name.length(), unit).strip()) * KIBIBYTE;
    }
}
