package dev.littlecloud.kernel.fs.watch;

import dev.littlecloud.kernel.fs.Inode;

/** One inotify instance's interest in one inode. */
final class Watch {
    private final Inotify instance;
    private final Inode inode;
    private final int descriptor;
    private int mask;

    Watch(Inotify instance, Inode inode, int descriptor, int mask) {
        this.instance = instance;
        this.inode = inode;
        this.descriptor = descriptor;
        this.mask = mask;
    }

    Inotify instance() {
        return instance;
    }

    Inode inode() {
        return inode;
    }

    int descriptor() {
        return descriptor;
    }

    int mask() {
        return mask;
    }

    void mask(int newMask) {
        mask = newMask;
    }

    void tell(int event, int cookie, String name, boolean unlinked) {
        if ((mask & event & WatchEvents.ALL) == 0
                || (unlinked && !name.isEmpty() && (mask & WatchEvents.EXCLUDE_UNLINKED) != 0)) {
            return;
        }
        instance.queue(descriptor, event, cookie, name);
        if ((mask & WatchEvents.ONE_SHOT) != 0) {
            instance.removed(this);
        }
    }
}
