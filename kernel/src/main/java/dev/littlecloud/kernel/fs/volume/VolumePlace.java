package dev.littlecloud.kernel.fs.volume;

import dev.littlecloud.kernel.fs.Inode;
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

    /** The path relative to the volume. */
    String path() {
        VolumeDirectory above = parent;
        return above == null ? name : above.pathOf(name);
    }
}
