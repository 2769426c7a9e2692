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

    private final Map<Integer, ProcessDirectory> directories =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Integer, ProcessDirectory> eldest) {
                    return size() > MAX;
                }
            };

    @Nullable ProcessDirectory get(int id) {
        return directories.get(id);
    }

    void put(int id, ProcessDirectory directory) {
        directories.put(id, directory);
    }
}
