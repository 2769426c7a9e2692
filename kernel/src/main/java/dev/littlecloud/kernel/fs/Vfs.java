package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.device.DeviceTable;
import dev.littlecloud.kernel.fs.tree.TreeFs;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The instance's one tree of files: its mounts, and how system calls find their way in it. */
public final class Vfs implements FileSystemRoot {
    /** Stands for the working directory where a call takes a directory descriptor. */
    public static final int AT_FDCWD = -100;

    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_REMOVEDIR = 0x200;
    public static final int AT_EACCESS = 0x200;
    public static final int AT_SYMLINK_FOLLOW = 0x400;
    public static final int AT_NO_AUTOMOUNT = 0x800;
    public static final int AT_EMPTY_PATH = 0x1000;

    private static final int SMALL_TRANSFER = 4096;
    private static final int MAX_TRANSFER = 65536;

    private final TreeFs anonymous;
    private final Dentry root;
    private final PathWalk walk;
    private final List<Mount> mounts = new ArrayList<>();
    private final DeviceTable devices = new DeviceTable();
    private final FoundFile found = new FoundFile();
    private final byte[] scratchBytes = new byte[512];
    private final ByteBuffer scratch = ByteBuffer.wrap(scratchBytes).order(ByteOrder.LITTLE_ENDIAN);
    private transient byte @Nullable [] transferBuffer;

    /**
     * @param rootFileSystem what is seen at "/"
     * @param rootInode its root directory
     * @param anonymous where files without a name live (memfd, shared memory)
     * @param flags mount flags of the root, see {@link Mount}
     */
    public Vfs(FileSystem rootFileSystem, Directory rootInode, TreeFs anonymous, int flags) {
        this.anonymous = anonymous;
        this.root = new Dentry("", null, rootInode);
        this.walk = new PathWalk(root);
        attach(new Mount(21, rootFileSystem, root, null, rootFileSystem.type(), "/", flags));
    }

    /** The tree of files of a task's instance. */
    public static Vfs of(Task task) {
        return (Vfs) task.kernel().files();
    }

    @Override
    public Dentry root() {
        return root;
    }

    public List<Mount> mounts() {
        return mounts;
    }

    /** Drivers behind device nodes. */
    public DeviceTable devices() {
        return devices;
    }

    /** The one path walk of the instance. */
    public PathWalk walk() {
        return walk;
    }

    /**
     * Mounts a file system over a dentry.
     *
     * @param source first column of /proc/mounts
     * @param flags see {@link Mount}
     */
    public Mount mount(
            FileSystem fileSystem, Inode rootInode, Dentry place, String source, int flags) {
        Dentry mountRoot = new Dentry(place.name(), null, rootInode);
        String path = place.pathFrom(root);
        if (path == null || place.mountedHere != null) {
            throw new IllegalArgumentException("nothing can be mounted here");
        }
        Mount mount =
                new Mount(21 + mounts.size(), fileSystem, mountRoot, place, source, path, flags);
        place.mountedHere = mount;
        attach(mount);
        return mount;
    }

    private void attach(Mount mount) {
        mount.root().rootOf = mount;
        mount.fileSystem().mount(mount);
        mounts.add(mount);
    }

    @Override
    public void beforeFreezing() {
        for (Mount mount : mounts) {
            mount.fileSystem().beforeFreezing();
        }
    }

    @Override
    public void afterThawing() {
        for (Mount mount : mounts) {
            mount.fileSystem().afterThawing();
        }
    }

    /** What the last path argument led to; good until the next one. */
    public FoundFile found() {
        return found;
    }

    /** A cleared little-endian buffer of 512 bytes in which a call builds its result. */
    public ByteBuffer scratch() {
        scratch.clear();
        Arrays.fill(scratchBytes, (byte) 0);
        return scratch;
    }

    /** Gives the guest the first bytes of {@link #scratch}. */
    public void answer(Task task, long address, int length) {
        task.memory().write(address, scratchBytes, 0, length);
    }

    /**
     * Through which bytes pass from file to file within one call: room for all that is wanted, or for
     * 64 KiB. Most instances send a page to one client and end.
     */
    public byte[] transferBuffer(long wanted) {
        byte[] buffer = transferBuffer;
        int bytes = wanted <= SMALL_TRANSFER ? SMALL_TRANSFER : MAX_TRANSFER;
        if (buffer == null || buffer.length < bytes) {
            buffer = new byte[bytes];
            transferBuffer = buffer;
        }
        return buffer;
    }

    /** Nothing runs in the instance, and nothing did lately: keeps no memory for what may come. */
    public void rest() {
        transferBuffer = null;
    }

    // ---- Resolving the arguments of system calls. Results are in walk().

    /** Walks a path from a directory descriptor to a file: 0 or {@code -errno}. */
    public int find(Task task, int directory, String path, int walkFlags) {
        if (path.startsWith("/")) {
            return walk.find(task, task.fs().root(), path, walkFlags);
        }
        Dentry start = start(task, directory);
        return start == null
                ? startError(task, directory, path)
                : walk.find(task, start, path, walkFlags);
    }

    /** Walks a path from a directory descriptor to its last directory: 0 or {@code -errno}. */
    public int findParent(Task task, int directory, String path) {
        if (path.startsWith("/")) {
            return walk.findParent(task, task.fs().root(), path, 0);
        }
        Dentry start = start(task, directory);
        return start == null
                ? startError(task, directory, path)
                : walk.findParent(task, start, path, 0);
    }

    /** Where a relative path starts, or null: see {@link #startError}. */
    @Nullable Dentry start(Task task, int directory) {
        if (directory == AT_FDCWD) {
            return task.fs().workingDirectory();
        }
        OpenFile file = task.files().get(directory);
        return file == null ? null : file.dentry();
    }

    int startError(Task task, int directory, String path) {
        if (path.isEmpty()) {
            return -Errno.ENOENT;
        }
        return task.files().get(directory) == null ? -Errno.EBADF : -Errno.ENOTDIR;
    }

    // ---- What other parts of the kernel ask for.

    @Override
    public ExecutableFile openExecutable(Task task, int directory, String path, int flags) {
        Dentry dentry;
        if (path.isEmpty() && (flags & AT_EMPTY_PATH) != 0) {
            OpenFile file = task.files().get(directory);
            if (file == null) {
                return refused(-Errno.EBADF);
            }
            dentry = file.dentry();
            if (dentry == null) {
                // memfd_create(2): a program without a place in the tree.
                dentry = new Dentry(file.description(), null, file.inode());
                return executable(task, dentry, file.inode(), file.description());
            }
        } else {
            int follow = (flags & AT_SYMLINK_NOFOLLOW) == 0 ? PathWalk.FOLLOW : 0;
            int status = find(task, directory, path, follow);
            if (status != 0) {
                return refused(status);
            }
            dentry = walk.dentry();
        }
        if (dentry.inode().isSymlink()) {
            return refused(-Errno.ELOOP);
        }
        return executable(task, dentry, dentry.inode(), dentry.display(root));
    }

    private static ExecutableFile executable(
            Task task, @Nullable Dentry dentry, Inode inode, String path) {
        if (!inode.isRegular()) {
            return refused(-Errno.EACCES);
        }
        Mount mount = inode.fileSystem().mount();
        if (mount != null && !mount.allowsPrograms()) {
            return refused(-Errno.EACCES);
        }
        int status = Permissions.check(task.credentials(), inode, Permissions.EXECUTE);
        if (status != 0) {
            return refused(status);
        }
        if (inode.isWritten()) {
            return refused(-Errno.ETXTBSY);
        }
        return new ExecutableFile(0, dentry, inode, path);
    }

    private static ExecutableFile refused(int status) {
        return new ExecutableFile(-status, null, null, "");
    }

    @Override
    public Inode anonymousFile(String name, long size) {
        Inode inode = anonymous.anonymousFile(0777, Credentials.of(0, 0));
        inode.truncate(size);
        return inode;
    }

    /** The file system of memfd_create(2) and shared memory. */
    public TreeFs anonymousFiles() {
        return anonymous;
    }

    /** Cached by nobody: the time that files are stamped with. */
    public static long now(Task task) {
        return task.kernel().clock().realtimeNanos();
    }
}
