package dev.littlecloud.kernel.fs;

import org.jspecify.annotations.Nullable;

/** A name in a directory, and so a place in the tree. Guarded by the instance lock. */
public final class Dentry {
    private String name;
    private @Nullable Dentry parent;
    private final Inode inode;

    public Dentry(String name, @Nullable Dentry parent, Inode inode) {
        this.name = name;
        this.parent = parent;
        this.inode = inode;
    }

    public String name() {
        return name;
    }

    public @Nullable Dentry parent() {
        return parent;
    }

    /** The path from the root of the tree it hangs in. */
    public String path() {
        Dentry above = parent;
        if (above == null) {
            return "/";
        }
        String start = above.path();
        return start.length() == 1 ? start + name : start + "/" + name;
    }

    public Inode inode() {
        return inode;
    }
}
