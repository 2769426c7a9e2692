package dev.littlecloud.kernel.fs.volume;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.FileSystemStatistics;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.machine.GuestMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A host's directory or file as a file system. Attributes and names are asked for each time, because
 * the host may change them; the same file is always the same inode while anybody refers to it.
 */
public final class VolumeFs extends FileSystem {
    private static final long EXT_MAGIC = 0xef53;
    private static final int TRANSFER = 256 * 1024;

    /** Most windows at a time: 4 GiB of mapped files. */
    private static final int MAX_WINDOWS = 4096;

    /** A file's identity on the host. */
    private record Key(long device, long inode) {}

    private static final class Known extends WeakReference<Inode> {
        private final Key key;

        Known(Key key, Inode inode, ReferenceQueue<Inode> gone) {
            super(inode, gone);
            this.key = key;
        }
    }

    private final HostVolume host;
    private final GuestMemory memory;
    private final Frames frames;
    private int windows;
    private final Map<Key, Known> inodes = new HashMap<>();
    private final ReferenceQueue<Inode> gone = new ReferenceQueue<>();
    private final HostAttributes attributes = new HostAttributes();
    private @Nullable MemorySegment transfer;

    /**
     * @param minor of its anonymous device number
     * @param kernel whose guest sees it
     */
    public VolumeFs(int minor, HostVolume host, Kernel kernel) {
        super("ext4", minor, EXT_MAGIC);
        this.host = host;
        this.memory = kernel.guestMemory();
        this.frames = kernel.frames();
    }

    /** The root's inode, a directory or a regular file; null where the host refuses it. */
    public @Nullable Inode root() {
        return host.attributes("", attributes) == 0 ? inode(attributes, null, "") : null;
    }

    HostVolume host() {
        return host;
    }

    GuestMemory memory() {
        return memory;
    }

    Frames frames() {
        return frames;
    }

    /** Whether one more window may be opened: each costs the host a memory slot. */
    boolean takeWindow() {
        if (windows == MAX_WINDOWS) {
            return false;
        }
        windows++;
        return true;
    }

    void giveWindow() {
        windows--;
    }

    /** The result of the next {@link HostVolume#attributes}; nobody keeps it. */
    HostAttributes scratch() {
        return attributes;
    }

    /** Native memory that bytes pass through, since the host cannot write to a guest's pages. */
    MemorySegment transfer() {
        MemorySegment buffer = transfer;
        if (buffer == null) {
            buffer = Arena.ofAuto().allocate(TRANSFER, 4096);
            transfer = buffer;
        }
        return buffer;
    }

    /** The inode of a file with these attributes that was found at a place. */
    Inode inode(HostAttributes found, @Nullable VolumeDirectory parent, String name) {
        forgetGone();
        Key key = new Key(found.device, found.inode);
        Known known = inodes.get(key);
        Inode inode = known == null ? null : known.get();
        if (inode != null && (found.mode & Inode.S_IFMT) == inode.type()) {
            VolumePlace.of(inode).found(parent, name);
            return inode;
        }
        inode =
                switch (found.mode & Inode.S_IFMT) {
                    case Inode.S_IFDIR -> new VolumeDirectory(this, found, parent, name);
                    case Inode.S_IFREG -> new VolumeFile(this, found, parent, name);
                    default -> new VolumeNode(this, found, parent, name);
                };
        inodes.put(key, new Known(key, inode, gone));
        return inode;
    }

    private void forgetGone() {
        for (Object cleared = gone.poll(); cleared != null; cleared = gone.poll()) {
            Known known = (Known) cleared;
            inodes.remove(known.key, known);
        }
    }

    @Override
    public FileSystemStatistics statistics() {
        return host.statistics();
    }

    @Override
    public int sync() {
        return host.sync();
    }

    /** The instance has ended. */
    public void close() {
        host.close();
    }
}
