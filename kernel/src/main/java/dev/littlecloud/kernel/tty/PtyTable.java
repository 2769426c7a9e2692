package dev.littlecloud.kernel.tty;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.fs.device.DeviceTable;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instance's pseudo-terminals: their file system, to be mounted at /dev/pts, and the devices
 * /dev/ptmx, /dev/tty and /dev/console.
 */
public final class PtyTable {
    /** Most pairs at once; kernel.pty.max. */
    public static final int MAX = 1024;

    private static final int TTY_MAJOR = 5;
    private static final int CURRENT = 0;
    private static final int CONSOLE = 1;
    private static final int MULTIPLEXER = 2;

    /** What a pair is charged to the instance's memory limit, in bytes. */
    private static final long CHARGE = 2L * Pty.BUFFER + 2L * InputQueue.SIZE;

    private final Kernel kernel;
    private final PseudoFileSystem fileSystem;
    private final List<@Nullable Pty> pairs = new ArrayList<>();
    private int count;
    private @Nullable Pty console;

    /**
     * @param minor of the file system's anonymous device number
     */
    public PtyTable(Kernel kernel, int minor) {
        this.kernel = kernel;
        this.fileSystem =
                new PseudoFileSystem(
                        "devpts", minor, PseudoFileSystem.DEVPTS_MAGIC, kernel.clock());
        fileSystem.root().add("ptmx", new MultiplexerNode(this));
    }

    /** To be mounted at /dev/pts. */
    public PseudoFileSystem fileSystem() {
        return fileSystem;
    }

    /** Pairs there are; kernel.pty.nr. */
    public int count() {
        return count;
    }

    /** Answers for the device nodes of terminals. */
    public void register(DeviceTable devices) {
        devices.register(TTY_MAJOR, CURRENT, PtyTable::openCurrent);
        devices.register(TTY_MAJOR, CONSOLE, this::openConsole);
        devices.register(TTY_MAJOR, MULTIPLEXER, this::openMaster);
    }

    long now() {
        return kernel.clock().realtimeNanos();
    }

    @Nullable ThreadGroup process(int pid) {
        return kernel.tasks().process(pid);
    }

    /** Makes a pair, or null where there are too many or the memory limit does not allow it. */
    @Nullable Pty create(int uid) {
        int index = pairs.indexOf(null);
        if (index < 0) {
            index = pairs.size();
        }
        if (index >= MAX || !kernel.frames().charge(CHARGE)) {
            return null;
        }
        Pty pty = new Pty(this, index, uid);
        if (index == pairs.size()) {
            pairs.add(pty);
        } else {
            pairs.set(index, pty);
        }
        count++;
        fileSystem.root().add(String.valueOf(index), pty.node());
        return pty;
    }

    void remove(Pty pty) {
        pairs.set(pty.index(), null);
        count--;
        fileSystem.root().remove(String.valueOf(pty.index()));
        kernel.frames().uncharge(CHARGE);
        if (console == pty) {
            console = null;
        }
    }

    /** Makes a pair what /dev/console leads to. */
    void console(Pty pty) {
        console = pty;
    }

    Opened openMaster(Task task, @Nullable Dentry dentry, Inode node, int flags) {
        Pty pty = create(task.credentials().fsuid());
        return pty == null
                ? Opened.error(Errno.ENOSPC)
                : Opened.of(new MasterFile(pty, flags, dentry, node));
    }

    private static Opened openCurrent(Task task, @Nullable Dentry dentry, Inode node, int flags) {
        Terminal terminal = Terminal.of(task);
        return terminal == null
                ? Opened.error(Errno.ENXIO)
                : openSlave(task, terminal.pty(), dentry, node, flags | OpenFlags.O_NOCTTY);
    }

    private Opened openConsole(Task task, @Nullable Dentry dentry, Inode node, int flags) {
        Pty pty = console;
        return pty == null
                ? Opened.error(Errno.ENXIO)
                : openSlave(task, pty, dentry, node, flags | OpenFlags.O_NOCTTY);
    }

    /** Opens a slave; a session leader without a terminal gets it as its own unless O_NOCTTY. */
    static Opened openSlave(Task task, Pty pty, @Nullable Dentry dentry, Inode inode, int flags) {
        if (pty.isMasterClosed() || pty.isLocked()) {
            return Opened.error(Errno.EIO);
        }
        if (pty.isExclusive() && !task.credentials().has(Credentials.CAP_SYS_ADMIN)) {
            return Opened.error(Errno.EBUSY);
        }
        SlaveFile file = new SlaveFile(pty, flags, dentry, inode);
        ThreadGroup process = task.group();
        boolean isLeader = process.session().id() == process.pid();
        if (isLeader
                && (flags & OpenFlags.O_NOCTTY) == 0
                && file.isReadable()
                && process.session().terminal() == null
                && pty.terminal().session() == null) {
            pty.terminal().control(process);
        }
        return Opened.of(file);
    }
}
