package dev.littlecloud.kernel.fs.volume;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.freeze.ThawingException;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.FileSystemStatistics;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Mount;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.machine.GuestMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A host's directory or file as a file system. Attributes and names are asked for each time, because
 * the host may change them; the same file is always the same inode while anybody refers to it.
 */
public final class VolumeFs extends FileSystem {
    private static final long EXT_MAGIC = 0xef53;
    private static final int TRANSFER = 256 * 1024;

    /** So many characters of a path are in a message. */
    private static final int MOST_SHOWN = 200;

    /** Most windows at a time: 4 GiB of mapped files. */
    private static final int MAX_WINDOWS = 4096;

    private final HostVolume host;
    private final GuestMemory memory;
    private final Frames frames;
    private int windows;
    private final KnownInodes inodes = new KnownInodes();
    private final HostAttributes attributes = new HostAttributes();
    private transient @Nullable MemorySegment transfer;

    /** The host's number of the device that the root is on, which may be another one after a thaw. */
    private long rootDevice;

    /**
     * @param minor of its anonymous device number
     * @param kernel whose guest sees it
     */
    public VolumeFs(int minor, HostVolume host, Kernel kernel) {
        super("ext4", minor, EXT_MAGIC);
        this.host = host;
        this.memory = kernel.guestMemory();
        this.frames = kernel.frames();
        kernel.atEnd(this::close);
    }

    /** The root's inode, a directory or a regular file; null where the host refuses it. */
    public @Nullable Inode root() {
        if (host.attributes("", attributes) != 0) {
            return null;
        }
        rootDevice = attributes.device;
        return inode(attributes, null, "");
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
        HostIdentity identity = identity(found);
        Inode inode = inodes.find(identity);
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
        inodes.add(identity, inode);
        return inode;
    }

    HostIdentity identity(HostAttributes found) {
        long device = found.device == rootDevice ? HostIdentity.OF_ROOT : found.device;
        return new HostIdentity(device, found.inode, found.birthTime);
    }

    @Override
    public void beforeFreezing() {
        inodes.files().forEach(VolumeFile::beforeFreezing);
        inodes.keep();
    }

    @Override
    public void afterThawing() {
        if (host.attributes("", attributes) != 0) {
            throw new ThawingException("the volume at %s is not there".formatted(path()));
        }
        rootDevice = attributes.device;
        inodes.files().forEach(VolumeFile::afterThawing);
    }

    /** Where it is mounted, for messages. */
    private String path() {
        Mount place = mount();
        return place == null ? "" : place.path();
    }

    /** A file's path in the instance, for messages; its names are the program's to choose. */
    String shown(VolumePlace place) {
        byte[] name = place.path().getBytes(StandardCharsets.ISO_8859_1);
        String path = new String(name, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
        int cut = Math.max(0, path.length() - MOST_SHOWN);
        return path.isEmpty() ? path() : path() + "/" + path.substring(cut);
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
    private void close() {
        inodes.files().forEach(VolumeFile::letGo);
        host.close();
    }
}
