package dev.littlecloud.kernel.fs.watch;

import dev.littlecloud.kernel.fs.Inode;
import java.util.ArrayList;
import java.util.List;

/** The watches on one inode. */
public final class InodeWatches {
    private final Inode inode;
    private final List<Watch> watches = new ArrayList<>(1);

    InodeWatches(Inode inode) {
        this.inode = inode;
    }

    static InodeWatches of(Inode inode) {
        InodeWatches watches = inode.watches();
        if (watches == null) {
            watches = new InodeWatches(inode);
            inode.watches(watches);
        }
        return watches;
    }

    void add(Watch watch) {
        watches.add(watch);
    }

    void remove(Watch watch) {
        watches.remove(watch);
        if (watches.isEmpty()) {
            inode.watches(null);
        }
    }

    List<Watch> all() {
        return watches;
    }

    void tell(int event, int cookie, String name, boolean unlinked) {
        // A one-shot watch removes itself while it is told, hence backwards.
        for (int i = watches.size() - 1; i >= 0; i--) {
            watches.get(i).tell(event, cookie, name, unlinked);
        }
    }

    /** The inode is freed: its watchers hear of it and lose their watches. */
    public void inodeGone() {
        tell(WatchEvents.DELETE_SELF, 0, "", false);
        for (Watch watch : List.copyOf(watches)) {
            watch.instance().removed(watch);
        }
    }
}
