package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.mm.MappedFile;
import org.jspecify.annotations.Nullable;

/**
 * A file as a mapping of it is shown.
 *
 * @param dentry where it was opened; null for files outside of the tree
 * @param description what to show without a dentry
 */
public record FileMapping(@Nullable Dentry dentry, Inode file, String description)
        implements MappedFile {
    public static FileMapping of(OpenFile open) {
        return new FileMapping(open.dentry(), open.inode(), open.description());
    }

    @Override
    public String path() {
        Dentry place = dentry;
        if (place == null) {
            return description;
        }
        Dentry top = place;
        while (top.above() != top) {
            top = top.above();
        }
        return place.display(top);
    }

    @Override
    public long device() {
        return file.fileSystem().deviceNumber();
    }

    @Override
    public long inode() {
        return file.number();
    }
}
