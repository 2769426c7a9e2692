package dev.littlecloud.runtime.volume;

import dev.littlecloud.sys.FileTree;
import dev.littlecloud.sys.Files;

/**
 * The directory that holds a path of a volume, opened so that nothing on the way can lead out of the
 * volume: no symbolic link is followed and no ".." leaves it, whoever changes the tree meanwhile.
 */
final class HostPlace implements AutoCloseable {
    private static final int RESOLVE =
            FileTree.RESOLVE_BENEATH
                    | FileTree.RESOLVE_NO_SYMLINKS
                    | FileTree.RESOLVE_NO_MAGICLINKS;

    private final int directory;
    private final boolean owned;
    private final String name;

    private HostPlace(int directory, boolean owned, String name) {
        this.directory = directory;
        this.owned = owned;
        this.name = name;
    }

    static HostPlace of(int root, String path) {
        int slash = path.lastIndexOf('/');
        if (slash < 0) {
            return new HostPlace(root, false, path);
        }
        int flags = Files.O_PATH | Files.O_DIRECTORY | Files.O_CLOEXEC;
        int parent = FileTree.open(root, path.substring(0, slash), flags, 0, RESOLVE);
        return new HostPlace(parent, parent >= 0, path.substring(slash + 1));
    }

    /** Opens the path itself: a descriptor or -errno. */
    static int open(int root, String path, int flags, int mode) {
        String shown = path.isEmpty() ? "." : path;
        return FileTree.open(root, shown, flags | Files.O_CLOEXEC, mode, RESOLVE);
    }

    /** 0, or {@code -errno} where the directory cannot be reached. */
    int status() {
        return Math.min(directory, 0);
    }

    int directory() {
        return directory;
    }

    /** The last part of the path; empty for the volume's root. */
    String name() {
        return name;
    }

    @Override
    public void close() {
        if (owned) {
            Files.close(directory);
        }
    }
}
