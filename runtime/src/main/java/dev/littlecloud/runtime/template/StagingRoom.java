package dev.littlecloud.runtime.template;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a host can spare for clones that are made ahead. They are good for later only, and instances
 * that run need the rest.
 *
 * @param spareBytes memory beyond what a host should have left
 * @param clones how many machines
 */
record StagingRoom(long spareBytes, int clones) {
    /** One in so many bytes that are spare. */
    private static final int SHARE = 16;

    /** One in so many descriptors that a process may have. */
    private static final int DESCRIPTOR_SHARE = 16;

    /** A clone's machine and its processor. */
    private static final int DESCRIPTORS_EACH = 2;

    private static final Path LIMITS = Path.of("/proc/self/limits");

    private static final int CLONES = descriptors() / DESCRIPTOR_SHARE / DESCRIPTORS_EACH;

    static StagingRoom ofHost() {
        return new StagingRoom(HostMemory.spareBytes(), CLONES);
    }

    /** The soft limit: proc_pid_limits(5). */
    private static int descriptors() {
        try {
            for (String line : Files.readAllLines(LIMITS)) {
                if (line.startsWith("Max open files")) {
                    String soft = line.split("\\s+")[3];
                    return soft.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(soft);
                }
            }
            return 0;
        } catch (IOException unreadable) {
            return 0;
        }
    }

    /**
     * How much memory staged clones may take.
     *
     * @param heldBytes what they take now, which would be spare as well without them
     */
    long bytes(long heldBytes) {
        return Math.max(spareBytes + heldBytes, 0) / SHARE;
    }
}
