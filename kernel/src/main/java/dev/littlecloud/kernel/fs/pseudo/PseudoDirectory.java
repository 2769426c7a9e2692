package dev.littlecloud.kernel.fs.pseudo;

import dev.littlecloud.kernel.freeze.Freezable;
import dev.littlecloud.kernel.fs.Directory;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.task.Task;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A directory of a pseudo file system with fixed entries. See {@link PseudoDynamicDirectory}. */
public class PseudoDirectory extends Directory {
    /** Adds a directory's entries when they are asked for first, which most programs never do. */
    @FunctionalInterface
    public interface Filler extends Freezable {
        void fill(PseudoDirectory directory);
    }

    private final PseudoFileSystem fileSystem;
    private final Map<String, Inode> entries = new TreeMap<>();

    /** What is still to be asked for entries. */
    private @Nullable Filler filler;

    public PseudoDirectory(PseudoFileSystem fileSystem, int permissions) {
        this(fileSystem, permissions, 0, 0);
    }

    public PseudoDirectory(PseudoFileSystem fileSystem, int permissions, int uid, int gid) {
        super(fileSystem.nextInode(), permissions, uid, gid);
        this.fileSystem = fileSystem;
        long now = fileSystem.now();
        times(now, now, now);
        links(2);
    }

    /** Adds a fixed entry. */
    public final PseudoDirectory add(String name, Inode inode) {
        entries.put(name, inode);
        if (inode.isDirectory() && links() > 1) {
            links(links() + 1);
        }
        return this;
    }

    /** Adds a fixed subdirectory and answers it. */
    public final PseudoDirectory addDirectory(String name) {
        PseudoDirectory directory = new PseudoDirectory(fileSystem, 0555);
        add(name, directory);
        return directory;
    }

    /** Adds a fixed subdirectory whose entries are made when they are asked for. */
    public final void addDirectory(String name, Filler entriesOf) {
        PseudoDirectory directory = addDirectory(name);
        directory.filledBy(entriesOf);
        // Not known before: that is how Linux says so, here and in /proc/sys.
        directory.links(1);
    }

    /** Has entries made when one is asked for, beside those that are there. */
    public final void filledBy(Filler entriesOf) {
        filler = entriesOf;
    }

    private Map<String, Inode> entries() {
        Filler unasked = filler;
        if (unasked != null) {
            filler = null;
            unasked.fill(this);
        }
        return entries;
    }

    /** Adds a file whose text is made when it is read. */
    public final PseudoDirectory addText(String name, PseudoFile.Text text) {
        return add(name, PseudoFile.of(fileSystem, 0444, text));
    }

    /** Adds a file whose text is always the same. */
    public final PseudoDirectory addText(String name, String text) {
        return addText(name, new PseudoFile.FixedText(text));
    }

    /** A fixed entry, or null. */
    protected final @Nullable Inode fixed(String name) {
        return entries().get(name);
    }

    @Override
    public final @Nullable Inode lookupAtBoot(String name) {
        return fixed(name);
    }

    /** Removes a fixed entry. */
    public final void remove(String name) {
        Inode inode = entries().remove(name);
        if (inode != null && inode.isDirectory() && links() > 1) {
            links(links() - 1);
        }
    }

    /** The pseudo file system, for making more entries. */
    protected final PseudoFileSystem pseudoFileSystem() {
        return fileSystem;
    }

    @Override
    public final FileSystem fileSystem() {
        return fileSystem;
    }

    @Override
    public Caching caching() {
        return Caching.REVALIDATE;
    }

    @Override
    public @Nullable Inode lookup(Task task, String name) {
        return fixed(name);
    }

    @Override
    public int list(Task task, long position, Listing listing) {
        listFixed(position, listing);
        return 0;
    }

    /** Tells the fixed entries; false when there was no room for all. */
    final boolean listFixed(long position, Listing listing) {
        long index = 0;
        for (Map.Entry<String, Inode> entry : entries().entrySet()) {
            if (index++ < position) {
                continue;
            }
            Inode inode = entry.getValue();
            if (!listing.entry(entry.getKey(), inode.number(), inode.mode(), index)) {
                return false;
            }
        }
        return true;
    }
}
