package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.pseudo.PseudoDirectory;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.net.SocketTables;
import java.util.BitSet;
import java.util.HexFormat;

/** The file system to be mounted at /sys: what programs read to size themselves; sysfs(5). */
public final class SysFs {
    private final PseudoFileSystem fileSystem;
    private final int processors;

    /**
     * @param minor of the file system's anonymous device number
     */
    public SysFs(Kernel kernel, int minor, SocketTables network) {
        processors = kernel.config().processors();
        fileSystem =
                new PseudoFileSystem("sysfs", minor, PseudoFileSystem.SYSFS_MAGIC, kernel.clock());
        PseudoDirectory root = fileSystem.root();
        for (String empty : new String[] {"block", "bus", "dev", "firmware", "module", "power"}) {
            root.addDirectory(empty);
        }
        PseudoDirectory system = root.addDirectory("devices").addDirectory("system");
        system.addDirectory("cpu", this::addProcessors);
        system.addDirectory("node", directory -> addNodes(directory, kernel));
        system.addDirectory("clocksource", SysFs::addClock);
        root.addDirectory("kernel", SysFs::addMemory);
        // Where cgroup2 is mounted.
        root.addDirectory("fs").addDirectory("cgroup");
        root.addDirectory("class").addDirectory("net", directory -> addAll(directory, network));
    }

    /** To be mounted at /sys. */
    public PseudoFileSystem fileSystem() {
        return fileSystem;
    }

    private static void text(PseudoDirectory directory, String name, String value) {
        directory.addText(name, reader -> value + "\n");
    }

    private static void addAll(PseudoDirectory interfaces, SocketTables network) {
        network.systemInterfaces().forEach(one -> addInterface(interfaces, one));
    }

    private static void addClock(PseudoDirectory sources) {
        PseudoDirectory clock = sources.addDirectory("clocksource0");
        text(clock, "current_clocksource", "tsc");
        text(clock, "available_clocksource", "tsc");
    }

    private void addProcessors(PseudoDirectory directory) {
        String all = CpuSets.list(CpuSets.first(processors));
        text(directory, "online", all);
        text(directory, "possible", all);
        text(directory, "present", all);
        text(directory, "offline", "");
        text(directory, "isolated", "");
        text(directory, "kernel_max", "8191");
        for (int i = 0; i < processors; i++) {
            PseudoDirectory processor = directory.addDirectory("cpu" + i);
            if (i > 0) {
                text(processor, "online", "1");
            }
            addTopology(processor.addDirectory("topology"), i, all);
        }
    }

    private void addTopology(PseudoDirectory directory, int index, String all) {
        BitSet own = new BitSet();
        own.set(index);
        String mask = CpuSets.mask(CpuSets.first(processors));
        text(directory, "core_id", String.valueOf(index));
        text(directory, "physical_package_id", "0");
        text(directory, "die_id", "0");
        text(directory, "core_siblings", mask);
        text(directory, "core_siblings_list", all);
        text(directory, "package_cpus", mask);
        text(directory, "package_cpus_list", all);
        text(directory, "thread_siblings", CpuSets.mask(own));
        text(directory, "thread_siblings_list", CpuSets.list(own));
        text(directory, "core_cpus", CpuSets.mask(own));
        text(directory, "core_cpus_list", CpuSets.list(own));
    }

    private void addNodes(PseudoDirectory directory, Kernel kernel) {
        for (String name : new String[] {"online", "possible", "has_cpu", "has_memory"}) {
            text(directory, name, "0");
        }
        PseudoDirectory node = directory.addDirectory("node0");
        text(node, "cpulist", CpuSets.list(CpuSets.first(processors)));
        text(node, "cpumap", CpuSets.mask(CpuSets.first(processors)));
        text(node, "distance", "10");
        SystemMemory memory = new SystemMemory(kernel);
        node.addText(
                "meminfo",
                reader ->
                        "Node 0 MemTotal:       %8d kB\nNode 0 MemFree:        %8d kB\nNode 0 MemUsed:        %8d kB\n"
                                .formatted(
                                        memory.limitBytes() >> 10,
                                        memory.freeBytes() >> 10,
                                        memory.usedBytes() >> 10));
    }

    private static void addMemory(PseudoDirectory kernel) {
        PseudoDirectory memory = kernel.addDirectory("mm");
        PseudoDirectory huge = memory.addDirectory("transparent_hugepage");
        text(huge, "enabled", "always madvise [never]");
        text(huge, "defrag", "always defer defer+madvise madvise [never]");
        text(huge, "shmem_enabled", "always within_size advise [never] deny force");
        text(huge, "hpage_pmd_size", "2097152");
        text(huge, "use_zero_page", "0");
        text(huge.addDirectory("khugepaged"), "defrag", "0");
        memory.addDirectory("hugepages");
    }

    private static void addInterface(PseudoDirectory interfaces, SocketTables.SystemInterface one) {
        PseudoDirectory directory = interfaces.addDirectory(one.name());
        boolean isLoopback = one.name().equals("lo");
        text(directory, "address", HexFormat.ofDelimiter(":").formatHex(one.address()));
        text(directory, "ifindex", String.valueOf(one.index()));
        text(directory, "iflink", String.valueOf(one.index()));
        text(directory, "mtu", String.valueOf(one.mtu()));
        text(directory, "operstate", isLoopback ? "unknown" : "up");
        text(directory, "carrier", "1");
        text(directory, "type", String.valueOf(one.hardwareType()));
        text(directory, "flags", "0x" + Integer.toHexString(one.flags()));
    }
}
