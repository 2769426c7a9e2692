package dev.littlecloud.kernel.fs.tree;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Directory;
import dev.littlecloud.kernel.fs.ExtendedAttributes;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.mm.KnownLookups;
import dev.littlecloud.kernel.task.Task;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A directory: an immutable lower one (or none), the names that were added and the lower names that
 * were removed. A lower name that was replaced is in both.
 */
public final class TreeDirectory extends Directory implements KnownLookups.Place {
    /** Positions of added names in a listing start here, behind all lower ones. */
    private static final long ADDED = 1L << 32;

    private record Entry(Inode inode, long sequence) {}

    private final TreeFs fileSystem;
    private final @Nullable LowerNode lower;
    private final boolean charged;
    private @Nullable Map<String, Entry> added;
    private @Nullable Set<String> removed;
    private @Nullable TreeAttributes attributes;
    private long lastSequence;

    /** A new directory; the caller has charged it. */
    TreeDirectory(TreeFs fileSystem, int permissions, int uid, int gid) {
        super(fileSystem.nextNumber(), permissions, uid, gid);
        this.fileSystem = fileSystem;
        this.lower = null;
        this.charged = true;
        links(2);
        long now = fileSystem.now();
        times(now, now, now);
    }

    TreeDirectory(TreeFs fileSystem, LowerNode lower) {
        super(lower.number(), lower.mode(), lower.uid(), lower.gid());
        this.fileSystem = fileSystem;
        this.lower = lower;
        this.charged = false;
        links(lower.links());
        long time = lower.modifyTime();
        times(time, time, time);
    }

    @Override
    public FileSystem fileSystem() {
        return fileSystem;
    }

    @Override
    public long size() {
        return 4096;
    }

    @Override
    public long blocks() {
        return 8;
    }

    @Override
    public ExtendedAttributes extendedAttributes() {
        if (attributes == null) {
            attributes = new TreeAttributes(fileSystem, lower);
        }
        return attributes;
    }

    @Override
    public @Nullable Inode lookup(Task task, String name) {
        return lookupAtBoot(name);
    }

    @Override
    public @Nullable Inode lookupAtBoot(String name) {
        Entry entry = added == null ? null : added.get(name);
        if (entry != null) {
            return entry.inode();
        }
        if (lower == null || (removed != null && removed.contains(name))) {
            return null;
        }
        int index = lower.find(name);
        return index < 0 ? null : fileSystem.inodeOf(lower.child(index));
    }

    @Override
    public int list(Task task, long position, Listing listing) {
        if (lower != null && position < ADDED) {
            for (int i = (int) position; i < lower.childCount(); i++) {
                String name = lower.childName(i);
                if (removed != null && removed.contains(name)) {
                    continue;
                }
                LowerNode child = lower.child(i);
                if (!listing.entry(name, child.number(), child.mode(), i + 1)) {
                    return 0;
                }
            }
        }
        if (added != null) {
            for (Map.Entry<String, Entry> named : added.entrySet()) {
                Entry entry = named.getValue();
                Inode inode = entry.inode();
                long place = ADDED + entry.sequence();
                if (place >= position
                        && !listing.entry(
                                named.getKey(), inode.number(), inode.mode(), place + 1)) {
                    return 0;
                }
            }
        }
        return 0;
    }

    boolean isEmpty() {
        int hidden = removed == null ? 0 : removed.size();
        return (added == null || added.isEmpty())
                && (lower == null || lower.childCount() == hidden);
    }

    /** Adds a name that is not there; false: ENOSPC. */
    private boolean put(String name, Inode inode) {
        if (!fileSystem.charge(TreeFs.NAME_BYTES + name.length())) {
            return false;
        }
        if (added == null) {
            added = new LinkedHashMap<>(4);
        }
        added.put(name, new Entry(inode, ++lastSequence));
        changes();
        modified(fileSystem.now());
        return true;
    }

    /** Takes a name out that is there. */
    private void take(String name) {
        if (added != null && added.remove(name) != null) {
            fileSystem.discharge(TreeFs.NAME_BYTES + name.length());
        } else if (lower != null) {
            if (removed == null) {
                removed = new HashSet<>(4);
            }
            removed.add(name);
        }
        changes();
        modified(fileSystem.now());
    }

    @Override
    public int create(String name, int mode, int uid, int gid, long device) {
        if (!fileSystem.chargeInode(0)) {
            return -Errno.ENOSPC;
        }
        Inode inode =
                (mode & S_IFMT) == S_IFREG
                        ? new TreeFile(fileSystem, mode, uid, gid)
                        : new TreeNode(fileSystem, mode, uid, gid, device);
        return place(name, inode, 0);
    }

    @Override
    public int makeDirectory(String name, int permissions, int uid, int gid) {
        if (!fileSystem.chargeInode(0)) {
            return -Errno.ENOSPC;
        }
        int status = place(name, new TreeDirectory(fileSystem, permissions, uid, gid), 0);
        if (status == 0) {
            links(links() + 1);
        }
        return status;
    }

    @Override
    public int makeSymlink(String name, String text, int uid, int gid) {
        if (!fileSystem.chargeInode(text.length())) {
            return -Errno.ENOSPC;
        }
        return place(name, new TreeSymlink(fileSystem, text, uid, gid), text.length());
    }

    private int place(String name, Inode inode, long extraBytes) {
        if (put(name, inode)) {
            return 0;
        }
        fileSystem.dischargeInode(extraBytes);
        return -Errno.ENOSPC;
    }

    @Override
    public int link(String name, Inode inode) {
        if (!put(name, inode)) {
            return -Errno.ENOSPC;
        }
        inode.links(inode.links() + 1);
        inode.changed(fileSystem.now());
        return 0;
    }

    @Override
    public int unlink(String name, Inode inode) {
        take(name);
        drop(inode);
        return 0;
    }

    private void drop(Inode inode) {
        if (inode instanceof TreeDirectory) {
            links(links() - 1);
            inode.links(0);
        } else {
            inode.links(inode.links() - 1);
        }
        inode.changed(fileSystem.now());
        inode.freeIfUnused();
    }

    @Override
    public int removeDirectory(String name, Directory directory) {
        if (!((TreeDirectory) directory).isEmpty()) {
            return -Errno.ENOTEMPTY;
        }
        take(name);
        drop(directory);
        return 0;
    }

    @Override
    public int rename(
            String name, Inode inode, Directory target, String newName, @Nullable Inode replaced) {
        TreeDirectory to = (TreeDirectory) target;
        if (replaced instanceof TreeDirectory directory && !directory.isEmpty()) {
            return -Errno.ENOTEMPTY;
        }
        if (!fileSystem.charge(TreeFs.NAME_BYTES + newName.length())) {
            return -Errno.ENOSPC;
        }
        // Charged before anything is changed: from here on nothing can fail.
        fileSystem.discharge(TreeFs.NAME_BYTES + newName.length());
        if (replaced != null) {
            to.take(newName);
            to.drop(replaced);
        }
        take(name);
        to.put(newName, inode);
        if (inode.isDirectory() && to != this) {
            links(links() - 1);
            to.links(to.links() + 1);
        }
        inode.changed(fileSystem.now());
        return 0;
    }

    @Override
    public int exchange(String name, Inode inode, Directory target, String newName, Inode other) {
        TreeDirectory to = (TreeDirectory) target;
        long bytes = 2L * TreeFs.NAME_BYTES + name.length() + newName.length();
        if (!fileSystem.charge(bytes)) {
            return -Errno.ENOSPC;
        }
        fileSystem.discharge(bytes);
        take(name);
        to.take(newName);
        put(name, other);
        to.put(newName, inode);
        if (inode.isDirectory() != other.isDirectory() && to != this) {
            int change = inode.isDirectory() ? 1 : -1;
            to.links(to.links() + change);
            links(links() - change);
        }
        long now = fileSystem.now();
        inode.changed(now);
        other.changed(now);
        return 0;
    }

    @Override
    public @Nullable Inode temporary(int mode, int uid, int gid) {
        if (!fileSystem.chargeInode(0)) {
            return null;
        }
        TreeFile file = new TreeFile(fileSystem, mode, uid, gid);
        file.links(0);
        return file;
    }

    @Override
    protected void free() {
        if (attributes != null) {
            attributes.free();
        }
        if (charged) {
            fileSystem.dischargeInode(0);
        }
    }
}
