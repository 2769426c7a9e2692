package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.KnownLookups;
import dev.littlecloud.kernel.task.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Resolves paths; path_resolution(7). One walk never waits, so each instance needs a single one and
 * a walk over known names allocates nothing. Results are good until the next walk.
 */
public final class PathWalk {
    /** The last component's symbolic link is followed. */
    public static final int FOLLOW = 1;

    /** RESOLVE_NO_XDEV of openat2(2): no mount may be crossed. */
    public static final int NO_MOUNTS = 2;

    /** RESOLVE_NO_MAGICLINKS. */
    public static final int NO_MAGIC_LINKS = 4;

    /** RESOLVE_NO_SYMLINKS. */
    public static final int NO_LINKS = 8;

    /** RESOLVE_BENEATH: leaving the starting directory is EXDEV. */
    public static final int BENEATH = 16;

    /** RESOLVE_IN_ROOT: the starting directory is the root. */
    public static final int IN_ROOT = 32;

    private static final int MAX_LINKS = 40;
    private static final int MAX_NAME = 255;

    /** More directories than this on the way of a path are not told of. */
    private static final int MAX_PLACES = 64;

    /** What the last component of a path is. */
    public enum Last {
        NAME,
        DOT,
        DOT_DOT,
        /** The path consists of slashes only. */
        ROOT
    }

    /** What is left of the paths that symbolic links interrupted. */
    private final String[] rests = new String[MAX_LINKS + 1];

    private final int[] positions = new int[MAX_LINKS + 1];

    private int links;
    private int flags;

    /** Where names are looked up, for whoever wants to know; null for nobody. */
    private transient @Nullable List<KnownLookups.Place> places;

    /** Whether some are looked up where changes cannot be told of. */
    private boolean isElsewhere;

    private int status;
    private Dentry top;
    private Dentry current;
    private String last = "";
    private Last kind = Last.ROOT;
    private boolean directoryWanted;

    PathWalk(Dentry root) {
        top = root;
        current = root;
    }

    /**
     * Walks a whole path.
     *
     * @param start where a relative path begins
     * @return 0 with the result in {@link #dentry}, or {@code -errno}
     */
    public int find(Task task, Dentry start, String path, int walkFlags) {
        int status = begin(task, start, path, walkFlags);
        return status != 0 ? status : run(task, path, false);
    }

    /**
     * The same, and tells in which directories names were looked up. Ends where changes cannot be told
     * of.
     *
     * @return whether changes of all of them can be told of
     */
    public boolean trace(Task task, String path, int walkFlags, List<KnownLookups.Place> into) {
        places = into;
        isElsewhere = false;
        status = find(task, task.fs().root(), path, walkFlags);
        places = null;
        return !isElsewhere;
    }

    /** What {@link #find} answered to {@link #trace}. */
    public int status() {
        return status;
    }

    /**
     * Walks to the directory that holds (or shall hold) the last component.
     *
     * @return 0 with the results in {@link #dentry}, {@link #last} and {@link #name}, or {@code
     *     -errno}
     */
    public int findParent(Task task, Dentry start, String path, int walkFlags) {
        int status = begin(task, start, path, walkFlags);
        return status != 0 ? status : run(task, path, true);
    }

    /**
     * Goes on through a symbolic link that turned out to be the last component of {@link
     * #findParent}: towards the directory of what it points to.
     */
    public int followLast(Task task, Dentry link) {
        int status = enter(task, link);
        if (status != 0) {
            return status;
        }
        if (jumped) {
            kind = Last.ROOT;
            return 0;
        }
        return run(task, text, true);
    }

    /** What was found: the file of {@link #find}, the directory of {@link #findParent}. */
    public Dentry dentry() {
        return current;
    }

    /** The last component's name, where {@link #last} is {@link Last#NAME}. */
    public String name() {
        return last;
    }

    public Last last() {
        return kind;
    }

    /** Whether the path ended in a slash, so that only a directory will do. */
    public boolean isDirectoryWanted() {
        return directoryWanted;
    }

    private int begin(Task task, Dentry start, String path, int walkFlags) {
        links = 0;
        flags = walkFlags;
        directoryWanted = false;
        kind = Last.ROOT;
        if (path.isEmpty()) {
            return -Errno.ENOENT;
        }
        boolean confined = (walkFlags & (IN_ROOT | BENEATH)) != 0;
        top = confined ? start : task.fs().root();
        if (path.charAt(0) == '/') {
            if ((walkFlags & BENEATH) != 0) {
                return -Errno.EXDEV;
            }
            if ((walkFlags & NO_MOUNTS) != 0
                    && top.inode().fileSystem() != start.inode().fileSystem()) {
                return -Errno.EXDEV;
            }
            current = top;
        } else {
            current = start;
        }
        return 0;
    }

    private int run(Task task, String first, boolean stopAtParent) {
        String path = first;
        int i = 0;
        int depth = 0;
        while (true) {
            int length = path.length();
            while (i < length && path.charAt(i) == '/') {
                i++;
            }
            if (i == length) {
                if (depth == 0) {
                    return directoryWanted && !stopAtParent && !current.inode().isDirectory()
                            ? -Errno.ENOTDIR
                            : 0;
                }
                path = rests[--depth];
                i = positions[depth];
                continue;
            }
            int start = i;
            int hash = 0;
            for (char c; i < length && (c = path.charAt(i)) != '/'; i++) {
                hash = 31 * hash + c;
            }
            int end = i;
            while (i < length && path.charAt(i) == '/') {
                i++;
            }
            boolean isLast = i == length && depth == 0;
            if (isLast && end < length) {
                directoryWanted = true;
            }
            Inode here = current.inode();
            if (!here.isDirectory()) {
                return -Errno.ENOTDIR;
            }
            if (places != null && !passes(here, places)) {
                isElsewhere = true;
                return -Errno.EXDEV;
            }
            int status = Permissions.check(task.credentials(), here, Permissions.EXECUTE);
            if (status != 0) {
                return status;
            }
            if (path.charAt(start) == '.' && end - start == 1) {
                kind = Last.DOT;
                if (isLast && stopAtParent) {
                    return 0;
                }
                continue;
            }
            if (path.charAt(start) == '.' && end - start == 2 && path.charAt(start + 1) == '.') {
                kind = Last.DOT_DOT;
                if (isLast && stopAtParent) {
                    return 0;
                }
                status = up();
                if (status != 0) {
                    return status;
                }
                continue;
            }
            if (end - start > MAX_NAME) {
                return -Errno.ENAMETOOLONG;
            }
            kind = Last.NAME;
            if (isLast && stopAtParent) {
                last = path.substring(start, end);
                return 0;
            }
            Dentry child = child(task, current, path, start, end, hash);
            if (child == null) {
                return -((Directory) here).lookupErrno();
            }
            if (child.inode().isSymlink()
                    && (!isLast || directoryWanted || (flags & FOLLOW) != 0)) {
                status = enter(task, child);
                if (status != 0) {
                    return status;
                }
                if (!jumped) {
                    if (i < length) {
                        rests[depth] = path;
                        positions[depth++] = i;
                    }
                    path = text;
                    i = 0;
                }
                continue;
            }
            if (child.rootOf != null && (flags & NO_MOUNTS) != 0) {
                return -Errno.EXDEV;
            }
            current = child;
        }
    }

    private static boolean passes(Inode here, List<KnownLookups.Place> into) {
        return here instanceof KnownLookups.Place place
                && into.size() < MAX_PLACES
                && into.add(place);
    }

    private String text = "";
    private boolean jumped;

    /** Steps into a symbolic link: leaves its text, or has jumped to its target. */
    private int enter(Task task, Dentry link) {
        Inode inode = link.inode();
        if (++links > MAX_LINKS || (flags & NO_LINKS) != 0) {
            return -Errno.ELOOP;
        }
        jumped = inode.isMagicLink();
        if (jumped) {
            if ((flags & NO_MAGIC_LINKS) != 0) {
                return -Errno.ELOOP;
            }
            Dentry target = inode.magicTarget(task);
            if (target == null) {
                return -Errno.ENOENT;
            }
            if ((flags & (BENEATH | IN_ROOT)) != 0
                    || ((flags & NO_MOUNTS) != 0
                            && target.inode().fileSystem() != current.inode().fileSystem())) {
                return -Errno.EXDEV;
            }
            current = target;
            return 0;
        }
        String target = inode.linkText(task);
        if (target == null || target.isEmpty()) {
            return -Errno.ENOENT;
        }
        if (target.charAt(0) == '/') {
            if ((flags & BENEATH) != 0
                    || ((flags & NO_MOUNTS) != 0
                            && top.inode().fileSystem() != current.inode().fileSystem())) {
                return -Errno.EXDEV;
            }
            current = top;
        }
        text = target;
        return 0;
    }

    private int up() {
        if (current == top) {
            return (flags & BENEATH) != 0 ? -Errno.EXDEV : 0;
        }
        if (current.parent() == null && (flags & NO_MOUNTS) != 0 && current.above() != current) {
            return -Errno.EXDEV;
        }
        current = current.above();
        return 0;
    }

    /**
     * Whether a dentry is kept. Of what has to be looked up again anyway, only directories are:
     * below them others stand, and the number of files on a host is no bound.
     */
    private static boolean isRemembered(Directory directory, Inode child) {
        return switch (directory.caching()) {
            case STABLE -> true;
            case REVALIDATE -> child.isDirectory();
            case NONE -> false;
        };
    }

    /** The dentry of a name in a directory with mounts crossed, or null. */
    public static @Nullable Dentry child(Task task, Dentry directory, String name) {
        int length = name.length();
        return child(task, directory, name, 0, length, Dentry.hash(name, 0, length));
    }

    private static @Nullable Dentry child(
            Task task, Dentry parent, String path, int start, int end, int hash) {
        Directory directory = (Directory) parent.inode();
        DentryTable known = parent.children;
        Dentry hit = known == null ? null : known.find(path, start, end, hash);
        if (hit == null
                || (directory.caching() != Directory.Caching.STABLE && hit.mountedHere == null)) {
            String name = path.substring(start, end);
            Inode inode = directory.lookup(task, name);
            if (inode == null) {
                if (hit != null) {
                    hit.remove();
                }
                return null;
            }
            if (hit != null && hit.inode() != inode) {
                parent.forget(hit);
                hit = null;
            }
            if (hit == null) {
                hit = new Dentry(name, parent, inode);
                if (isRemembered(directory, inode)) {
                    parent.remember(hit);
                }
            }
        }
        while (hit.mountedHere != null) {
            hit = hit.mountedHere.root();
        }
        return hit;
    }
}
