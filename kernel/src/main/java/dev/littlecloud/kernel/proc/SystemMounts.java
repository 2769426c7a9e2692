package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.Boot;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.InstanceFiles;
import dev.littlecloud.kernel.fs.Mount;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.net.NetworkStack;
import dev.littlecloud.kernel.net.ProtocolTables;
import dev.littlecloud.kernel.net.SocketTables;
import dev.littlecloud.kernel.tty.Console;
import dev.littlecloud.kernel.tty.PtyTable;

/** Mounts what the kernel makes up: /proc, /sys, /sys/fs/cgroup and /dev/pts, as in a container. */
public final class SystemMounts {
    private static final int NO_PROGRAMS = Mount.NO_SUID | Mount.NO_DEVICES | Mount.NO_EXEC;

    private final Kernel kernel;
    private final Boot boot;
    private final Vfs vfs;
    private final PtyTable terminals;

    /** Mounts everything. Before the first process starts, with the instance lock held. */
    public SystemMounts(Kernel kernel, InstanceFiles files, NetworkStack network) {
        this.kernel = kernel;
        this.boot = files.boot();
        this.vfs = files.vfs();
        terminals = new PtyTable(kernel, files.newMinor());
        terminals.register(vfs.devices());
        mount(terminals.fileSystem(), "/dev/pts", Mount.NO_SUID | Mount.NO_EXEC);
        SocketTables sockets = new SocketTables(network);
        ProtocolTables protocols = new ProtocolTables(network);
        ProcFs proc = new ProcFs(kernel, files.newMinor(), terminals, sockets, protocols);
        mount(proc.fileSystem(), "/proc", NO_PROGRAMS);
        int readOnly = NO_PROGRAMS | Mount.READ_ONLY;
        SysFs sys = new SysFs(kernel, files.newMinor(), sockets);
        mount(sys.fileSystem(), "/sys", readOnly);
        mount(new CgroupFs(kernel, files.newMinor()).fileSystem(), "/sys/fs/cgroup", readOnly);
    }

    private void mount(PseudoFileSystem fileSystem, String path, int flags) {
        String source = fileSystem.type().equals("cgroup2") ? "cgroup" : fileSystem.type();
        vfs.mount(fileSystem, fileSystem.root(), boot.directory(path), source, flags);
    }

    /** The instance's pseudo-terminals. */
    public PtyTable terminals() {
        return terminals;
    }

    /** Makes the user's terminal the instance's console. Before the first process starts. */
    public Console console(int rows, int columns) {
        boot.device("/dev/console", Inode.S_IFCHR | 0620, 5, 1);
        return Console.create(kernel, terminals, rows, columns);
    }
}
