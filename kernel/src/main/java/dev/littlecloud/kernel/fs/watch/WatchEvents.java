package dev.littlecloud.kernel.fs.watch;

import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What happens to files, told to those who watch them; inotify(7). Costs two field reads where
 * nobody does.
 */
public final class WatchEvents {
    public static final int ACCESS = 0x1;
    public static final int MODIFY = 0x2;
    public static final int ATTRIB = 0x4;
    public static final int CLOSE_WRITE = 0x8;
    public static final int CLOSE_NOWRITE = 0x10;
    public static final int OPEN = 0x20;
    public static final int MOVED_FROM = 0x40;
    public static final int MOVED_TO = 0x80;
    public static final int CREATE = 0x100;
    public static final int DELETE = 0x200;
    public static final int DELETE_SELF = 0x400;
    public static final int MOVE_SELF = 0x800;

    /** Every event that can be asked for. */
    public static final int ALL = 0xfff;

    public static final int OVERFLOW = 0x4000;
    public static final int IGNORED = 0x8000;
    public static final int ONLY_DIRECTORY = 0x0100_0000;
    public static final int DONT_FOLLOW = 0x0200_0000;
    public static final int EXCLUDE_UNLINKED = 0x0400_0000;
    public static final int MASK_CREATE = 0x1000_0000;
    public static final int MASK_ADD = 0x2000_0000;
    public static final int IS_DIRECTORY = 0x4000_0000;
    public static final int ONE_SHOT = 0x8000_0000;

    /** Only has to differ between moves, so all instances may share it. */
    private static final AtomicInteger COOKIES = new AtomicInteger();

    private WatchEvents() {}

    public static void accessed(OpenFile file) {
        tell(file.dentry(), file.inode(), ACCESS);
    }

    public static void modified(OpenFile file) {
        tell(file.dentry(), file.inode(), MODIFY);
    }

    public static void modified(Dentry dentry) {
        tell(dentry, dentry.inode(), MODIFY);
    }

    public static void opened(Dentry dentry) {
        tell(dentry, dentry.inode(), OPEN);
    }

    public static void closed(OpenFile file) {
        tell(file.dentry(), file.inode(), file.isWritable() ? CLOSE_WRITE : CLOSE_NOWRITE);
    }

    /** Mode, owner, times, extended attributes or the number of links changed. */
    public static void attributes(@Nullable Dentry dentry, Inode inode) {
        tell(dentry, inode, ATTRIB);
    }

    public static void created(Dentry dentry) {
        tellParent(dentry, flagged(dentry.inode(), CREATE), 0);
    }

    public static void removed(Dentry dentry) {
        Inode inode = dentry.inode();
        if (!inode.isDirectory()) {
            tellSelf(inode, ATTRIB, 0);
        }
        tellParent(dentry, flagged(inode, DELETE), 0);
    }

    /** After {@code moved} has its new place, where {@code replaced} was before. */
    public static void moved(
            Dentry oldPlace, String oldName, Dentry moved, @Nullable Dentry replaced) {
        Inode inode = moved.inode();
        Dentry newPlace = moved.parent();
        InodeWatches from = oldPlace.inode().watches();
        InodeWatches to = newPlace == null ? null : newPlace.inode().watches();
        int cookie = from == null && to == null ? 0 : COOKIES.incrementAndGet();
        if (from != null) {
            from.tell(flagged(inode, MOVED_FROM), cookie, oldName, false);
        }
        if (to != null) {
            to.tell(flagged(inode, MOVED_TO), cookie, moved.name(), false);
        }
        tellSelf(inode, flagged(inode, MOVE_SELF), 0);
        if (replaced != null && !replaced.inode().isDirectory()) {
            tellSelf(replaced.inode(), ATTRIB, 0);
        }
    }

    private static void tell(@Nullable Dentry dentry, Inode inode, int event) {
        if (dentry != null && dentry.parent() != null) {
            Dentry parent = dentry.parent();
            if (parent.inode().watches() != null) {
                tellParent(dentry, flagged(inode, event), 0);
            }
        }
        if (inode.watches() != null) {
            tellSelf(inode, flagged(inode, event), 0);
        }
    }

    private static int flagged(Inode inode, int event) {
        return inode.isDirectory() ? event | IS_DIRECTORY : event;
    }

    private static void tellParent(Dentry dentry, int event, int cookie) {
        Dentry parent = dentry.parent();
        InodeWatches watches = parent == null ? null : parent.inode().watches();
        if (watches != null) {
            watches.tell(event, cookie, dentry.name(), dentry.isRemoved());
        }
    }

    private static void tellSelf(Inode inode, int event, int cookie) {
        InodeWatches watches = inode.watches();
        if (watches != null) {
            watches.tell(event, cookie, "", false);
        }
    }
}
