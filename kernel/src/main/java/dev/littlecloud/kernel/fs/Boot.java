package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.fs.tree.TreeFile;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the tree of files before the first process runs: mount points, device nodes, generated
 * files. Works on tree file systems only and as root; links on the way are followed.
 */
public final class Boot {
    private static final int MAX_LINKS = 40;

    private final Vfs vfs;

    public Boot(Vfs vfs) {
        this.vfs = vfs;
    }

    /** A directory; it and those above it are made where they are missing. */
    public Dentry directory(String path) {
        return directory(path, 0755);
    }

    /** A directory with these permissions where it has to be made. */
    public Dentry directory(String path, int permissions) {
        return walk(vfs.root(), path, permissions, MAX_LINKS);
    }

    private Dentry walk(Dentry start, String path, int permissions, int linksLeft) {
        Dentry place = path.startsWith("/") ? vfs.root() : start;
        for (String name : path.split("/")) {
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            if (name.equals("..")) {
                place = place.above();
                continue;
            }
            Dentry child = child(place, name);
            if (child == null) {
                in(place).makeDirectory(name, permissions, 0, 0);
                child = child(place, name);
            }
            if (child == null || linksLeft == 0) {
                throw new IllegalArgumentException("cannot make the directory " + path);
            }
            String text = child.inode().linkTextAtBoot();
            place = text == null ? child : walk(place, text, permissions, linksLeft - 1);
        }
        return place;
    }

    private static Directory in(Dentry place) {
        if (place.inode() instanceof Directory directory) {
            return directory;
        }
        throw new IllegalArgumentException(place + " is no directory");
    }

    private static @Nullable Dentry child(Dentry place, String name) {
        DentryTable known = place.children;
        Dentry hit =
                known == null
                        ? null
                        : known.find(name, 0, name.length(), Dentry.hash(name, 0, name.length()));
        if (hit == null) {
            Inode inode = in(place).lookupAtBoot(name);
            if (inode == null) {
                return null;
            }
            hit = new Dentry(name, place, inode);
            place.remember(hit);
        }
        while (hit.mountedHere != null) {
            hit = hit.mountedHere.root();
        }
        return hit;
    }

    /** A place to mount a single file on; an empty file is made where there is none. */
    public Dentry file(String path) {
        int slash = path.lastIndexOf('/');
        Dentry place = directory(path.substring(0, Math.max(slash, 0)));
        String name = path.substring(slash + 1);
        Dentry child = child(place, name);
        if (child == null) {
            in(place).create(name, Inode.S_IFREG | 0644, 0, 0, 0);
            child = child(place, name);
        }
        if (child == null) {
            throw new IllegalArgumentException("cannot make the file " + path);
        }
        return child;
    }

    /** Writes a regular file, replacing what has the name. */
    public void write(String path, int permissions, byte[] contents) {
        int slash = path.lastIndexOf('/');
        Dentry place = directory(path.substring(0, Math.max(slash, 0)));
        String name = path.substring(slash + 1);
        replace(place, name);
        in(place).create(name, Inode.S_IFREG | permissions, 0, 0, 0);
        if (child(place, name) instanceof Dentry made && made.inode() instanceof TreeFile file) {
            file.fill(contents);
        }
    }

    /** Makes a device node, replacing what has the name. */
    public void device(String path, int mode, int major, int minor) {
        int slash = path.lastIndexOf('/');
        Dentry place = directory(path.substring(0, Math.max(slash, 0)));
        String name = path.substring(slash + 1);
        replace(place, name);
        in(place).create(name, mode, 0, 0, DeviceNumber.of(major, minor));
    }

    /** Makes a symbolic link, replacing what has the name. */
    public void symlink(String path, String text) {
        int slash = path.lastIndexOf('/');
        Dentry place = directory(path.substring(0, Math.max(slash, 0)));
        String name = path.substring(slash + 1);
        replace(place, name);
        in(place).makeSymlink(name, text, 0, 0);
    }

    private static void replace(Dentry place, String name) {
        Dentry old = child(place, name);
        if (old != null && !old.inode().isDirectory()) {
            in(place).unlink(name, old.inode());
            old.remove();
        }
    }
}
