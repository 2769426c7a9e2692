package dev.littlecloud.kernel.fs.volume;

import dev.littlecloud.kernel.fs.Inode;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The inodes of a volume, for as long as anybody refers to them. */
final class KnownInodes {
    /** A file that lives has its number for itself. */
    private record Key(long device, long inode) {
        static Key of(HostIdentity identity) {
            return new Key(identity.device(), identity.inode());
        }
    }

    private static final class Known extends WeakReference<Inode> {
        private final Key key;

        Known(Key key, Inode inode, ReferenceQueue<Inode> gone) {
            super(inode, gone);
            this.key = key;
        }
    }

    private static final class Table {
        private final Map<Key, Known> inodes = new HashMap<>();
        private final ReferenceQueue<Inode> gone = new ReferenceQueue<>();

        void put(Key key, Inode inode) {
            inodes.put(key, new Known(key, inode, gone));
        }

        void forgetGone() {
            for (Object cleared = gone.poll(); cleared != null; cleared = gone.poll()) {
                Known known = (Known) cleared;
                inodes.remove(known.key, known);
            }
        }
    }

    /** References that hold nothing cannot be frozen: see {@link #kept}. */
    private transient @Nullable Table table;

    /** From freezing until somebody looks. */
    private final Map<Key, Inode> kept = new HashMap<>();

    @Nullable Inode find(HostIdentity identity) {
        Known known = table().inodes.get(Key.of(identity));
        return known == null ? null : known.get();
    }

    void add(HostIdentity identity, Inode inode) {
        table().put(Key.of(identity), inode);
    }

    List<VolumeFile> files() {
        List<VolumeFile> files = new ArrayList<>();
        for (Known known : table().inodes.values()) {
            if (known.get() instanceof VolumeFile file) {
                files.add(file);
            }
        }
        return files;
    }

    /** The instance is about to be frozen. */
    void keep() {
        for (Known known : table().inodes.values()) {
            Inode inode = known.get();
            if (inode != null) {
                kept.put(known.key, inode);
            }
        }
    }

    private Table table() {
        Table now = table;
        if (now == null) {
            now = new Table();
            table = now;
            kept.forEach(now::put);
        }
        kept.clear();
        now.forgetGone();
        return now;
    }
}
