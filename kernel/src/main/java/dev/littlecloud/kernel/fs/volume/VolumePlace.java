package dev.littlecloud.kernel.fs.volume;

import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.Inode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where in its volume a file was last seen: what its path on the host is made of. */
final class VolumePlace {
    /** An inode of a volume. */
    interface Placed {
        VolumePlace place();
    }

    private @Nullable VolumeDirectory parent;
    private String name;

    VolumePlace(@Nullable VolumeDirectory parent, String name) {
        this.parent = parent;
        this.name = name;
    }

    static VolumePlace of(Inode inode) {
        return ((Placed) inode).place();
    }

    /** The file was seen under this name. */
    void found(@Nullable VolumeDirectory newParent, String newName) {
        parent = newParent;
        name = newName;
    }

    /**
     * The path relative to the volume. Renames of whole trees make depths that the host takes no
     * path of: then some end of it, too long as well.
     */
    String path() {
        List<String> names = new ArrayList<>();
        names.add(name);
        int length = name.length();
        VolumePlace at = this;
        for (VolumeDirectory above = parent;
                above != null && length <= Dentry.PATH_MAX;
                above = at.parent) {
            at = above.place();
            if (!at.name.isEmpty()) {
                names.add(at.name);
                length += 1 + at.name.length();
            }
        }
        return String.join("/", names.reversed());
    }
}
