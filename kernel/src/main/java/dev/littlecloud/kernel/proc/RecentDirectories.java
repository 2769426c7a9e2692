package dev.littlecloud.kernel.proc;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Directories of processes or threads that were looked at lately, so that they keep their inode
 * numbers while somebody walks through them. Bounded, as a directory holds some fifty inodes.
 */
final class RecentDirectories {
    private static final int MAX = 256;

    private final Map<Integer, ProcessDirectory> directories = new LinkedHashMap<>();

    @Nullable ProcessDirectory get(int id) {
        ProcessDirectory known = directories.remove(id);
        if (known != null) {
            directories.put(id, known);
        }
        return known;
    }

    void put(int id, ProcessDirectory directory) {
        directories.remove(id);
        directories.put(id, directory);
        if (directories.size() > MAX) {
            directories.remove(directories.keySet().iterator().next());
        }
    }
}
