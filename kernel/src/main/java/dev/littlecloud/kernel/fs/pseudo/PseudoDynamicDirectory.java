package dev.littlecloud.kernel.fs.pseudo;

import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.task.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A directory with entries that are made when they are asked for (processes, descriptors), beside
 * fixed ones.
 */
public abstract class PseudoDynamicDirectory extends PseudoDirectory {
    /** Listing positions of dynamic entries start here, behind all fixed ones. */
    private static final long DYNAMIC = 1L << 32;

    protected PseudoDynamicDirectory(PseudoFileSystem fileSystem, int permissions) {
        super(fileSystem, permissions);
    }

    protected PseudoDynamicDirectory(
            PseudoFileSystem fileSystem, int permissions, int uid, int gid) {
        super(fileSystem, permissions, uid, gid);
    }

    /**
     * An entry that is not fixed, made for this look-up; null where there is none. {@code task} is
     * who asks.
     */
    protected abstract @Nullable Inode dynamicChild(Task task, String name);

    /** Names for which {@link #dynamicChild} has an answer now; numbers in ascending order. */
    protected abstract List<String> dynamicNames(Task task);

    @Override
    public final Caching caching() {
        return Caching.NONE;
    }

    @Override
    public final @Nullable Inode lookup(Task task, String name) {
        Inode fixed = super.lookup(task, name);
        return fixed != null ? fixed : dynamicChild(task, name);
    }

    @Override
    public final int list(Task task, long position, Listing listing) {
        if (position < DYNAMIC && !listFixed(position, listing)) {
            return 0;
        }
        List<String> names = dynamicNames(task);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            long place = DYNAMIC + place(name, i);
            if (place < position) {
                continue;
            }
            Inode inode = dynamicChild(task, name);
            if (inode != null && !listing.entry(name, inode.number(), inode.mode(), place + 1)) {
                return 0;
            }
        }
        return 0;
    }

    /**
     * Where a dynamic entry stands in the listing, so that entries which come and go between two
     * getdents(2) calls make nobody miss another one. Numbers stand at their value.
     */
    private static long place(String name, int index) {
        if (name.isEmpty() || name.length() > 9) {
            return index;
        }
        long value = 0;
        for (int i = 0; i < name.length(); i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return index;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
