package dev.littlecloud.kernel.fs.tree;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.ExtendedAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Extended attributes of a file in a tree file system. */
final class TreeAttributes implements ExtendedAttributes {
    /** What one file may hold, as ext4: names and values together. */
    private static final int MAX_BYTES = 65536;

    private final TreeFs fileSystem;
    private final Map<String, byte[]> values;
    private long bytes;

    TreeAttributes(TreeFs fileSystem, @Nullable LowerNode lower) {
        this.fileSystem = fileSystem;
        this.values = lower == null ? new TreeMap<>() : new TreeMap<>(lower.extendedAttributes());
    }

    @Override
    public byte @Nullable [] get(String name) {
        return values.get(name);
    }

    @Override
    public List<String> names() {
        return List.copyOf(values.keySet());
    }

    @Override
    public int set(String name, byte[] value) {
        byte[] old = values.get(name);
        long change = old == null ? 100 + name.length() + value.length : value.length - old.length;
        if (bytes + change > MAX_BYTES || (change > 0 && !fileSystem.charge(change))) {
            return -Errno.ENOSPC;
        }
        if (change < 0) {
            change = -Math.min(bytes, -change);
            fileSystem.discharge(-change);
        }
        bytes += change;
        values.put(name, value);
        return 0;
    }

    @Override
    public int remove(String name) {
        byte[] old = values.remove(name);
        if (old == null) {
            return -Errno.ENODATA;
        }
        // Attributes of the lower tree were never charged.
        long freed = Math.min(bytes, 100 + name.length() + old.length);
        fileSystem.discharge(freed);
        bytes -= freed;
        return 0;
    }

    /** Gives back what was charged. */
    void free() {
        fileSystem.discharge(bytes);
        bytes = 0;
    }
}
