package dev.littlecloud.kernel.fs;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A name in a directory, and so a place in the tree. Guarded by the instance lock. */
public final class Dentry {
    /** Longest path a call takes or answers, with its NUL; limits.h. */
    public static final int PATH_MAX = 4096;

    private String name;
    private int hash;
    private @Nullable Dentry parent;
    private final Inode inode;
    private boolean removed;

    /** Open files that were opened here. */
    private int opens;

    /** Names looked up in this directory so far. */
    @Nullable DentryTable children;

    /** What is mounted here and hides this dentry. */
    @Nullable Mount mountedHere;

    /** The mount that this dentry is the root of. */
    @Nullable Mount rootOf;

    public Dentry(String name, @Nullable Dentry parent, Inode inode) {
        this.name = name;
        this.hash = hash(name, 0, name.length());
        this.parent = parent;
        this.inode = inode;
    }

    static int hash(String text, int start, int end) {
        int hash = 0;
        for (int i = start; i < end; i++) {
            hash = 31 * hash + text.charAt(i);
        }
        return hash;
    }

    public String name() {
        return name;
    }

    int hash() {
        return hash;
    }

    public @Nullable Dentry parent() {
        return parent;
    }

    public Inode inode() {
        return inode;
    }

    /** Whether the name was unlinked; the file may live on through open descriptors. */
    public boolean isRemoved() {
        return removed;
    }

    void remember(Dentry child) {
        if (children == null) {
            children = new DentryTable();
        }
        children.add(child);
    }

    void forget(Dentry child) {
        if (children != null) {
            children.remove(child);
        }
    }

    /**
     * A file was opened here. Where names are looked up anew each time, this one is kept as long as
     * that lasts, so that the open file hears of its removal or move.
     */
    void opened() {
        if (opens++ == 0 && parent != null && isKeptWhileOpen(parent)) {
            parent.rememberOpened(this);
        }
    }

    void closed() {
        if (--opens == 0 && parent != null && isKeptWhileOpen(parent)) {
            parent.forget(this);
        }
    }

    private boolean isKeptWhileOpen(Dentry directory) {
        return !inode.isDirectory()
                && ((Directory) directory.inode).caching() == Directory.Caching.REVALIDATE;
    }

    private void rememberOpened(Dentry child) {
        boolean known =
                children != null
                        && children.find(child.name, 0, child.name.length(), child.hash) != null;
        if (!known && !child.removed) {
            remember(child);
        }
    }

    /** The name is gone from its directory. */
    void remove() {
        removed = true;
        if (parent != null) {
            parent.forget(this);
        }
    }

    /** Takes another place, after rename(2). */
    void move(Dentry newParent, String newName) {
        if (parent != null) {
            parent.forget(this);
        }
        place(newParent, newName);
    }

    /** Swaps places with another dentry, after renameat2(RENAME_EXCHANGE). */
    void exchange(Dentry other) {
        Dentry otherParent = other.parent;
        Dentry ownParent = parent;
        String otherName = other.name;
        String ownName = name;
        if (ownParent == null || otherParent == null) {
            throw new IllegalStateException("the root of a file system cannot move");
        }
        ownParent.forget(this);
        otherParent.forget(other);
        place(otherParent, otherName);
        other.place(ownParent, ownName);
    }

    private void place(Dentry newParent, String newName) {
        parent = newParent;
        name = newName;
        hash = hash(newName, 0, newName.length());
        newParent.remember(this);
    }

    /** The directory above as ".." shows it, with mounts crossed; itself at the top. */
    public Dentry above() {
        Dentry place = this;
        while (place.parent == null && place.rootOf != null && place.rootOf.covered() != null) {
            place = place.rootOf.covered();
        }
        return place.parent == null ? place : place.parent;
    }

    /** Whether this is {@code other} or below it. */
    public boolean isWithin(Dentry other) {
        Dentry place = this;
        while (place != other) {
            Dentry next = place.above();
            if (next == place) {
                return false;
            }
            place = next;
        }
        return true;
    }

    /**
     * The path from {@code root} to here, or null where this is not below it. Programs can nest
     * directories without end: of a path of more than {@link #PATH_MAX} characters only the last
     * part is given, which still is that long.
     */
    public @Nullable String pathFrom(Dentry root) {
        List<Dentry> places = new ArrayList<>();
        int length = 0;
        Dentry place = this;
        while (place != root) {
            while (place.parent == null && place.rootOf != null && place.rootOf.covered() != null) {
                place = place.rootOf.covered();
                if (place == root) {
                    break;
                }
            }
            if (place == root) {
                break;
            }
            if (place.parent == null) {
                return null;
            }
            if (length <= PATH_MAX) {
                places.add(place);
                length += 1 + place.name.length();
            }
            place = place.parent;
        }
        StringBuilder path = new StringBuilder(length);
        for (int i = places.size() - 1; i >= 0; i--) {
            path.append('/').append(places.get(i).name);
        }
        return path.isEmpty() ? "/" : path.toString();
    }

    /** The path as the links in /proc show it. */
    public String display(Dentry root) {
        String path = pathFrom(root);
        String shown = path == null ? "(unreachable)/" + name : path;
        return removed ? shown + " (deleted)" : shown;
    }

    @Override
    public String toString() {
        return name;
    }
}
