package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.device.DeviceTable;
import dev.littlecloud.kernel.fs.tree.BlobSource;
import dev.littlecloud.kernel.fs.tree.LowerNode;
import dev.littlecloud.kernel.fs.tree.TreeFs;
import dev.littlecloud.kernel.fs.tree.TreeStorage;
import java.lang.foreign.MemorySegment;

/** Builds an instance's tree of files over its image, as a container's: /dev, /dev/shm, /tmp. */
public final class InstanceFiles {
    /** Minors of the anonymous device numbers, as stat(2) shows them in st_dev. */
    private static final int ROOT_MINOR = 40;

    private static final int DEV_MINOR = 41;
    private static final int SHM_MINOR = 42;
    private static final int ANONYMOUS_MINOR = 1;

    /** First minor for file systems that others mount (proc, sysfs, devpts, volumes). */
    public static final int FIRST_FREE_MINOR = 43;

    private final Vfs vfs;
    private final TreeStorage storage;
    private int nextMinor = FIRST_FREE_MINOR;

    /**
     * @param image root directory of the image's tree
     * @param lastNumber highest inode number in it
     * @param blob host mapping of the contents of its files
     */
    public InstanceFiles(Kernel kernel, LowerNode image, long lastNumber, MemorySegment blob) {
        this.storage =
                new TreeStorage(
                        kernel.frames(),
                        kernel.guestMemory().ram(),
                        kernel.clock(),
                        new BlobSource(blob, kernel.guestMemory()),
                        this::devices);
        TreeFs root = TreeFs.overlay(ROOT_MINOR, storage, image, lastNumber);
        TreeFs anonymous = TreeFs.tmpfs(ANONYMOUS_MINOR, storage, 0777);
        // Mounted read-write: mount points are still to be made. See sealRoot.
        this.vfs = new Vfs(root, root.root(), anonymous, 0);
        kernel.atRest(vfs::rest);
        makeDevices(new Boot(vfs));
    }

    private DeviceTable devices() {
        return vfs.devices();
    }

    public Vfs vfs() {
        return vfs;
    }

    /** For making mount points and generated files. */
    public Boot boot() {
        return new Boot(vfs);
    }

    /** A device number that no other file system of the instance has. */
    public int newMinor() {
        return nextMinor++;
    }

    /** An empty file system in RAM, to be mounted. */
    public TreeFs newTmpfs(int permissions) {
        return TreeFs.tmpfs(newMinor(), storage, permissions);
    }

    private void makeDevices(Boot boot) {
        TreeFs dev = TreeFs.tmpfs(DEV_MINOR, storage, 0755);
        vfs.mount(dev, dev.root(), boot.directory("/dev"), "tmpfs", Mount.NO_SUID);
        int readWrite = Inode.S_IFCHR | 0666;
        boot.device("/dev/null", readWrite, 1, 3);
        boot.device("/dev/zero", readWrite, 1, 5);
        boot.device("/dev/full", readWrite, 1, 7);
        boot.device("/dev/random", readWrite, 1, 8);
        boot.device("/dev/urandom", readWrite, 1, 9);
        boot.device("/dev/tty", readWrite, 5, 0);
        boot.symlink("/dev/ptmx", "pts/ptmx");
        boot.symlink("/dev/fd", "/proc/self/fd");
        boot.symlink("/dev/stdin", "/proc/self/fd/0");
        boot.symlink("/dev/stdout", "/proc/self/fd/1");
        boot.symlink("/dev/stderr", "/proc/self/fd/2");
        TreeFs shm = TreeFs.tmpfs(SHM_MINOR, storage, 01777);
        int flags = Mount.NO_SUID | Mount.NO_DEVICES | Mount.NO_EXEC;
        vfs.mount(shm, shm.root(), boot.directory("/dev/shm"), "shm", flags);
        boot.directory("/dev/pts");
        boot.directory("/tmp", 01777);
    }

    /** Makes the root file system read-only; after everything else was prepared. */
    public void sealRoot() {
        vfs.mounts().getFirst().makeReadOnly();
    }
}
