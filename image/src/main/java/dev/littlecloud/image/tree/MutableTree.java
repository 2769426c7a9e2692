package dev.littlecloud.image.tree;

import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageLimits;
import dev.littlecloud.image.tree.MutableNode.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file system being put together layer by layer. Paths are resolved in this tree only: an
 * absolute link begins at its root and ".." stops there, as after chroot(2).
 */
public final class MutableTree {
    /** MAXSYMLINKS of Linux. */
    private static final int LINKS_FOLLOWED = 40;

    private static final int DEFAULT_DIRECTORY_MODE = 0755;

    /** Steps of path walks and whiteouts: far more than any real image takes, seconds at most. */
    private static final long WORK_BUDGET = 200_000_000;

    private final MutableNode root = MutableNode.directory();
    private final ImageLimits limits;
    private int layer;
    private long work;

    public MutableTree(ImageLimits limits) {
        this.limits = limits;
        root.linkCount = 1;
        root.permissions = DEFAULT_DIRECTORY_MODE;
    }

    MutableNode root() {
        return root;
    }

    /** What follows belongs to the next layer; whiteouts in it reach the earlier ones only. */
    public void beginLayer() {
        layer++;
    }

    /**
     * Gives {@code path} this node. What was there goes, except that a directory over a directory
     * keeps its entries and takes over the attributes.
     *
     * @param path components without "", "." and ".."; empty for the root
     */
    public void put(List<String> path, MutableNode node) {
        if (path.isEmpty()) {
            if (node.type != FileType.DIRECTORY) {
                throw ImageException.malformed("the image's root is not a directory");
            }
            copyAttributes(node, root);
            return;
        }
        MutableNode parent = makeParent(path);
        String name = path.getLast();
        Entry old = parent.entries().get(name);
        if (old != null
                && old.node().type == FileType.DIRECTORY
                && node.type == FileType.DIRECTORY) {
            copyAttributes(node, old.node());
            parent.entries().put(name, new Entry(old.node(), layer));
            return;
        }
        insert(parent, name, node);
    }

    /** Gives the node at {@code target} a second name. */
    public void link(List<String> path, List<String> target) {
        MutableNode targetParent = target.isEmpty() ? null : findParent(target);
        Entry found = targetParent == null ? null : targetParent.entries().get(target.getLast());
        if (found == null) {
            throw ImageException.malformed(
                    "hard link '"
                            + text(path)
                            + "' points to '"
                            + text(target)
                            + "', which is not in the image");
        }
        if (found.node().type == FileType.DIRECTORY) {
            throw ImageException.malformed(
                    "hard link '"
                            + text(path)
                            + "' points to the directory '"
                            + text(target)
                            + "'");
        }
        if (path.isEmpty()) {
            throw ImageException.malformed("the image's root is not a directory");
        }
        insert(makeParent(path), path.getLast(), found.node());
    }

    /** A whiteout: removes what earlier layers put at {@code path}. */
    public void removeLower(List<String> path) {
        if (path.isEmpty()) {
            throw ImageException.malformed("a whiteout has no name");
        }
        MutableNode parent = findParent(path);
        if (parent != null) {
            removeLower(parent, path.getLast());
        }
    }

    /** An opaque directory: removes what earlier layers put below {@code path}. */
    public void removeLowerChildren(List<String> path) {
        MutableNode directory = path.isEmpty() ? root : find(path);
        if (directory == null || directory.type != FileType.DIRECTORY) {
            return;
        }
        for (String name : List.copyOf(directory.entries().keySet())) {
            removeLower(directory, name);
        }
    }

    private void removeLower(MutableNode parent, String name) {
        spend();
        Entry entry = parent.entries().get(name);
        if (entry == null) {
            return;
        }
        if (entry.layer() < layer && !hasEntriesOfThisLayer(entry.node())) {
            parent.entries().remove(name);
            dropName(entry.node());
        } else if (entry.node().type == FileType.DIRECTORY) {
            for (String child : List.copyOf(entry.node().entries().keySet())) {
                removeLower(entry.node(), child);
            }
        }
    }

    private boolean hasEntriesOfThisLayer(MutableNode node) {
        if (node.type != FileType.DIRECTORY) {
            return false;
        }
        Deque<MutableNode> open = new ArrayDeque<>(List.of(node));
        while (!open.isEmpty()) {
            for (Entry entry : open.pop().entries().values()) {
                spend();
                if (entry.layer() == layer) {
                    return true;
                }
                if (entry.node().type == FileType.DIRECTORY) {
                    open.push(entry.node());
                }
            }
        }
        return false;
    }

    private void insert(MutableNode parent, String name, MutableNode node) {
        // The new name counts before the old one goes: a link to itself stays what it is.
        node.linkCount++;
        if (node.type == FileType.DIRECTORY) {
            node.depth = parent.depth + 1;
            if (node.depth > limits.depth()) {
                throw new ImageException(
                        ErrorCode.LIMIT_EXCEEDED,
                        "the image nests directories deeper than " + limits.depth());
            }
        }
        Entry old = parent.entries().put(name, new Entry(node, layer));
        if (old != null) {
            dropName(old.node());
        }
    }

    /** One name of the node went; with the last one of a directory all below it goes. */
    private static void dropName(MutableNode node) {
        Deque<MutableNode> dropped = new ArrayDeque<>(List.of(node));
        while (!dropped.isEmpty()) {
            MutableNode next = dropped.pop();
            next.linkCount--;
            if (next.type == FileType.DIRECTORY) {
                for (Entry entry : next.entries().values()) {
                    dropped.push(entry.node());
                }
            }
        }
    }

    private static void copyAttributes(MutableNode from, MutableNode to) {
        to.setAttributes(from.permissions, from.uid, from.gid, from.mtimeSeconds, from.mtimeNanos);
        to.setXattrs(from.xattrs);
    }

    /** The directory that holds the last component, made where it is missing. */
    private MutableNode makeParent(List<String> path) {
        MutableNode parent = walk(path.subList(0, path.size() - 1), true);
        if (parent == null) {
            throw new IllegalStateException("a walk that makes directories ends in one");
        }
        return parent;
    }

    private @Nullable MutableNode findParent(List<String> path) {
        return walk(path.subList(0, path.size() - 1), false);
    }

    /** The node at path itself, its last component not followed. */
    private @Nullable MutableNode find(List<String> path) {
        MutableNode parent = findParent(path);
        Entry entry = parent == null ? null : parent.entries().get(path.getLast());
        return entry == null ? null : entry.node();
    }

    /**
     * Walks to a directory, through symbolic links.
     *
     * @param make whether missing directories are made and anything else in the way is an error;
     *     otherwise the answer is null then
     */
    private @Nullable MutableNode walk(List<String> path, boolean make) {
        Deque<String> ahead = new ArrayDeque<>(path);
        List<MutableNode> behind = new ArrayList<>();
        MutableNode directory = root;
        int links = 0;
        while (!ahead.isEmpty()) {
            spend();
            String name = ahead.pop();
            if (name.equals("..")) {
                directory = behind.isEmpty() ? root : behind.removeLast();
                continue;
            }
            Entry entry = directory.entries().get(name);
            if (entry == null) {
                if (!make) {
                    return null;
                }
                MutableNode made = MutableNode.directory();
                made.permissions = DEFAULT_DIRECTORY_MODE;
                insert(directory, name, made);
                entry = new Entry(made, layer);
            }
            MutableNode node = entry.node();
            if (node.type == FileType.DIRECTORY) {
                behind.add(directory);
                directory = node;
            } else if (node.type == FileType.SYMLINK) {
                if (++links > LINKS_FOLLOWED) {
                    if (!make) {
                        return null;
                    }
                    throw ImageException.malformed(
                            "'" + text(path) + "' leads through too many symbolic links");
                }
                if (node.target.startsWith("/")) {
                    directory = root;
                    behind.clear();
                }
                List<String> components = components(node.target);
                for (int i = components.size() - 1; i >= 0; i--) {
                    ahead.push(components.get(i));
                }
            } else if (make) {
                throw ImageException.malformed(
                        "'" + text(path) + "' leads through '" + name + "', which is no directory");
            } else {
                return null;
            }
        }
        return directory;
    }

    /** The components of a path without "" and "."; ".." stays. */
    public static List<String> components(String path) {
        List<String> components = new ArrayList<>();
        for (String component : path.split("/")) {
            if (component.isEmpty() || component.equals(".")) {
                continue;
            }
            if (component.length() > ImageLimits.NAME_BYTES) {
                throw ImageException.malformed(
                        "a name in '"
                                + path.substring(0, 60)
                                + "...' is longer than "
                                + ImageLimits.NAME_BYTES
                                + " bytes");
            }
            components.add(component);
        }
        return components;
    }

    private void spend() {
        if (++work > WORK_BUDGET) {
            throw new ImageException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "the image's links and whiteouts take too long to resolve");
        }
    }

    private static String text(List<String> path) {
        return String.join("/", path);
    }

    /** All regular files that have a name. */
    public Set<MutableNode> regularFiles() {
        Set<MutableNode> files = new HashSet<>();
        Deque<MutableNode> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            for (Entry entry : open.pop().entries().values()) {
                MutableNode node = entry.node();
                if (node.type == FileType.DIRECTORY) {
                    open.push(node);
                } else if (node.type == FileType.REGULAR) {
                    files.add(node);
                }
            }
        }
        return files;
    }
}
