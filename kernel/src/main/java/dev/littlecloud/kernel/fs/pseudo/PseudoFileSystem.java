package dev.littlecloud.kernel.fs.pseudo;

import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.time.Clock;

/**
 * A file system whose contents the kernel makes up when they are asked for: proc, sysfs, devpts.
 * Build the tree under {@link #root} and mount it with {@link
 * dev.littlecloud.kernel.fs.Vfs#mount}.
 */
public final class PseudoFileSystem extends FileSystem {
    public static final long PROC_MAGIC = 0x9fa0;
    public static final long SYSFS_MAGIC = 0x62656572;
    public static final long DEVPTS_MAGIC = 0x1cd1;
    public static final long CGROUP2_MAGIC = 0x63677270;

    private final Clock clock;
    private PseudoDirectory root;
    private long lastInode;

    /**
     * @param type as /proc/mounts shows it
     * @param minor of its anonymous device number; distinct for each file system of an instance
     * @param magic f_type of statfs(2)
     * @param clock what new files are stamped with
     */
    public PseudoFileSystem(String type, int minor, long magic, Clock clock) {
        super(type, minor, magic);
        this.clock = clock;
        this.root = new PseudoDirectory(this, 0555);
    }

    public PseudoDirectory root() {
        return root;
    }

    /** Puts another directory at the top; before it is mounted. */
    public void root(PseudoDirectory directory) {
        root = directory;
    }

    long nextInode() {
        return ++lastInode;
    }

    long now() {
        return clock.realtimeNanos();
    }
}
