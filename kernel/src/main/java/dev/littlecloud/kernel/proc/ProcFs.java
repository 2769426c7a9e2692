package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.pseudo.PseudoDirectory;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.net.ProtocolTables;
import dev.littlecloud.kernel.net.SocketTables;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.kernel.tty.PtyTable;
import org.jspecify.annotations.Nullable;

/** The file system to be mounted at /proc. */
public final class ProcFs {
    private final PseudoFileSystem fileSystem;

    /**
     * @param minor of the file system's anonymous device number
     * @param terminals of the instance, for their limits in /proc/sys
     * @param sockets of the instance, for /proc/net, as its protocols
     */
    public ProcFs(
            Kernel kernel,
            int minor,
            PtyTable terminals,
            SocketTables sockets,
            ProtocolTables protocols) {
        fileSystem =
                new PseudoFileSystem("proc", minor, PseudoFileSystem.PROC_MAGIC, kernel.clock());
        ProcRoot root = new ProcRoot(fileSystem, kernel, new NetFiles(sockets, protocols));
        fileSystem.root(root);
        SystemTimes times = new SystemTimes(kernel);
        SystemTexts.add(root, kernel, times, new SystemMemory(kernel));
        SysctlTree.add(root, fileSystem, kernel, terminals);
        PseudoDirectory systemV = root.addDirectory("sysvipc");
        systemV.addText("msg", reader -> SystemVTexts.messages(kernel.systemV()));
        systemV.addText("sem", reader -> SystemVTexts.semaphores(kernel.systemV()));
        systemV.addText("shm", reader -> SystemVTexts.segments(kernel.systemV()));
        root.addDirectory("fs");
        root.addDirectory("bus");
        root.addDirectory("irq");
        root.addDirectory("driver");
        root.addDirectory("tty").addText("drivers", TERMINAL_DRIVERS);
    }

    private static final String TERMINAL_DRIVERS =
            """
            /dev/tty             /dev/tty        5       0 system:/dev/tty
            /dev/console         /dev/console    5       1 system:console
            /dev/ptmx            /dev/ptmx       5       2 system
            pty_slave            /dev/pts      136 0-1048575 pty:slave
            pty_master           /dev/ptm      128 0-1048575 pty:master
            """;

    /** The process that an inode is the directory of, as {@code /proc/1}; null for others. */
    public static @Nullable ThreadGroup processBehind(Inode inode) {
        return inode instanceof ProcessDirectory directory && directory.target().isProcess()
                ? directory.target().process()
                : null;
    }

    /** To be mounted at /proc. */
    public PseudoFileSystem fileSystem() {
        return fileSystem;
    }
}
