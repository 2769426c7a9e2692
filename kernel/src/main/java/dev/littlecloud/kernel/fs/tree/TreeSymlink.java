package dev.littlecloud.kernel.fs.tree;

import dev.littlecloud.kernel.fs.ExtendedAttributes;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.mm.KnownLookups;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** A symbolic link of a tree file system. */
final class TreeSymlink extends Inode implements KnownLookups.Place {
    private final TreeFs fileSystem;
    private final String text;
    private final boolean charged;
    private @Nullable TreeAttributes attributes;

    /** A new link; the caller has charged it. */
    TreeSymlink(TreeFs fileSystem, String text, int uid, int gid) {
        super(fileSystem.nextNumber(), S_IFLNK | 0777, uid, gid);
        this.fileSystem = fileSystem;
        this.text = text;
        this.charged = true;
        long now = fileSystem.now();
        times(now, now, now);
    }

    TreeSymlink(TreeFs fileSystem, LowerNode lower) {
        super(lower.number(), S_IFLNK | 0777, lower.uid(), lower.gid());
        this.fileSystem = fileSystem;
        this.text = lower.linkText();
        this.charged = false;
        long time = lower.modifyTime();
        times(time, time, time);
        links(lower.links());
    }

    @Override
    public FileSystem fileSystem() {
        return fileSystem;
    }

    @Override
    public long size() {
        return text.length();
    }

    @Override
    public long blocks() {
        return 0;
    }

    @Override
    public String linkTextAtBoot() {
        return text;
    }

    @Override
    public String linkText(Task task) {
        return text;
    }

    @Override
    public ExtendedAttributes extendedAttributes() {
        if (attributes == null) {
            attributes = new TreeAttributes(fileSystem, null);
        }
        return attributes;
    }

    @Override
    protected void free() {
        if (attributes != null) {
            attributes.free();
        }
        if (charged) {
            fileSystem.dischargeInode(text.length());
        } else {
            fileSystem.forget(this);
        }
    }
}
