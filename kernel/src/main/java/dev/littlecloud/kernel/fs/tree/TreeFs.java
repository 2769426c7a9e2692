package dev.littlecloud.kernel.fs.tree;

import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.FileSystemStatistics;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.device.DeviceTable;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.time.Clock;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file system in RAM over an immutable tree, or over nothing. It is the root of an instance (over
 * its image), every tmpfs, and the home of files without a name (memfd, shared memory).
 *
 * <p>What was never changed is read from the lower tree; a change is kept here, page by page for
 * contents and name by name for directories. Guarded by the instance lock.
 */
public final class TreeFs extends FileSystem {
    public static final long TMPFS_MAGIC = 0x01021994L;
    public static final long OVERLAY_MAGIC = 0x794c7630L;

    /** What an inode and a name cost in the kernel, roughly. */
    static final int INODE_BYTES = 240;

    static final int NAME_BYTES = 160;

    private final Frames frames;
    private final MemorySegment ram;
    private final Clock clock;
    private final @Nullable BlobSource blob;
    private final ObjectBudget budget;
    private final DeviceTable.Lookup devices;
    private final TreeDirectory root;

    /** Lower files with several names, so that all names lead to one inode. */
    private final Map<Long, Inode> linkedLowers = new HashMap<>();

    private long lastNumber;
    private long pages;

    private TreeFs(
            String type,
            int minor,
            long magic,
            TreeStorage storage,
            @Nullable LowerNode lowerRoot,
            long lastLowerNumber,
            int permissions) {
        super(type, minor, magic);
        this.frames = storage.frames();
        this.ram = storage.ram();
        this.clock = storage.clock();
        this.blob = lowerRoot == null ? null : storage.blob();
        this.budget = storage.budget();
        this.devices = storage.devices();
        this.lastNumber = lastLowerNumber;
        this.root =
                lowerRoot == null
                        ? new TreeDirectory(this, permissions, 0, 0)
                        : new TreeDirectory(this, lowerRoot);
    }

    /**
     * The root file system of an image.
     *
     * @param lastLowerNumber highest inode number in the lower tree
     */
    public static TreeFs overlay(
            int minor, TreeStorage storage, LowerNode lowerRoot, long lastLowerNumber) {
        return new TreeFs(
                "overlay", minor, OVERLAY_MAGIC, storage, lowerRoot, lastLowerNumber, 0755);
    }

    /** An empty file system. */
    public static TreeFs tmpfs(int minor, TreeStorage storage, int permissions) {
        return new TreeFs("tmpfs", minor, TMPFS_MAGIC, storage, null, 0, permissions);
    }

    public TreeDirectory root() {
        return root;
    }

    /** A regular file without a name, for memfd_create(2) and shared memory. */
    public TreeFile anonymousFile(int permissions, Credentials owner) {
        TreeFile file =
                new TreeFile(this, Inode.S_IFREG | permissions, owner.fsuid(), owner.fsgid());
        file.links(0);
        // Its page tables and mappings are charged; one object without them is not worth it.
        file.charged(false);
        return file;
    }

    /** Opens a file for memfd_create(2); null: ENOSPC. */
    public @Nullable OpenFile memoryFile(
            String name, Credentials owner, boolean sealable, int mode) {
        TreeFile file = new TreeFile(this, Inode.S_IFREG | mode, owner.fsuid(), owner.fsgid());
        file.links(0);
        if (!chargeInode(0)) {
            return null;
        }
        file.enableSeals(sealable);
        return new OpenTreeFile(
                OpenFlags.O_RDWR | OpenFlags.O_LARGEFILE,
                null,
                file,
                "/memfd:" + name + " (deleted)");
    }

    /** A lower file is gone for ever. */
    void forget(Inode inode) {
        linkedLowers.remove(inode.number());
    }

    /** The inode of a lower node. Called once per name, at its first look-up. */
    Inode inodeOf(LowerNode node) {
        int type = node.mode() & Inode.S_IFMT;
        // What the image holds must stay reachable, so this is charged beyond the limit too.
        frames.charge(INODE_BYTES + NAME_BYTES);
        if (type == Inode.S_IFDIR) {
            return new TreeDirectory(this, node);
        }
        Inode known = node.links() > 1 ? linkedLowers.get(node.number()) : null;
        if (known != null) {
            return known;
        }
        Inode inode =
                switch (type) {
                    case Inode.S_IFREG -> new TreeFile(this, node);
                    case Inode.S_IFLNK -> new TreeSymlink(this, node);
                    default -> new TreeNode(this, node);
                };
        if (node.links() > 1) {
            linkedLowers.put(node.number(), inode);
        }
        return inode;
    }

    long nextNumber() {
        return ++lastNumber;
    }

    long now() {
        return clock.realtimeNanos();
    }

    Frames frames() {
        return frames;
    }

    /** Host view of all frames. */
    MemorySegment ram() {
        return ram;
    }

    BlobSource blob() {
        BlobSource source = blob;
        if (source == null) {
            throw new IllegalStateException("no lower tree");
        }
        return source;
    }

    DeviceTable devices() {
        return devices.find();
    }

    /** Takes a frame for contents, zeroed or to be overwritten at once, or -1: ENOSPC. */
    int allocateFrame(boolean zeroed) {
        int frame = budget.allocateFrame(zeroed);
        if (frame >= 0) {
            pages++;
        }
        return frame;
    }

    void releaseFrame(int frame) {
        frames.release(frame);
        pages--;
    }

    long availableFrames() {
        return budget.available();
    }

    boolean charge(long bytes) {
        return budget.charge(bytes);
    }

    void discharge(long bytes) {
        budget.release(bytes);
    }

    /** Charges a new inode; false: ENOSPC. */
    boolean chargeInode(long extraBytes) {
        return budget.charge(INODE_BYTES + extraBytes);
    }

    void dischargeInode(long extraBytes) {
        budget.release(INODE_BYTES + extraBytes);
    }

    @Override
    public FileSystemStatistics statistics() {
        long free = budget.available();
        long freeFiles = free * (Frames.SIZE / (INODE_BYTES + NAME_BYTES));
        long lowerBlocks = blob == null ? 0 : blob.contents().byteSize() >>> Frames.SHIFT;
        return new FileSystemStatistics(
                Frames.SIZE, lowerBlocks + pages + free, free, lastNumber + freeFiles, freeFiles);
    }
}
