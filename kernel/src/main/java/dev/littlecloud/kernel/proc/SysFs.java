package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.pseudo.PseudoDirectory;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.net.SocketTables;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Map;

/** The file system to be mounted at /sys: what programs read to size themselves; sysfs(5). */
public final class SysFs {
    /** What an interface counts that does not happen to ours; sysfs-class-net-statistics. */
    private static final String[] NO_EVENTS = {
        "collisions",
        "rx_compressed",
        "rx_crc_errors",
        "rx_dropped",
        "rx_errors",
        "rx_fifo_errors",
        "rx_frame_errors",
        "rx_length_errors",
        "rx_missed_errors",
        "rx_nohandler",
        "rx_over_errors",
        "tx_aborted_errors",
        "tx_carrier_errors",
        "tx_compressed",
        "tx_dropped",
        "tx_errors",
        "tx_fifo_errors",
        "tx_heartbeat_errors",
        "tx_window_errors"
    };

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
        for (String empty : new String[] {"block", "bus", "firmware", "module", "power"}) {
            root.addDirectory(empty);
        }
        PseudoDirectory devices = root.addDirectory("dev");
        devices.addDirectory("block");
        devices.addDirectory("char");
        PseudoDirectory system = root.addDirectory("devices").addDirectory("system");
        system.addDirectory("cpu", this::addProcessors);
        system.addDirectory("node", directory -> addNodes(directory, kernel));
        system.addDirectory("clocksource", SysFs::addClock);
        root.addDirectory("kernel", SysFs::addMemory);
        // Where cgroup2 is mounted.
        root.addDirectory("fs").addDirectory("cgroup");
        PseudoDirectory classes = root.addDirectory("class");
        classes.addDirectory("block");
        classes.addDirectory("net", directory -> addAll(directory, network));
    }

    /** To be mounted at /sys. */
    public PseudoFileSystem fileSystem() {
        return fileSystem;
    }

    private static void text(PseudoDirectory directory, String name, String value) {
        directory.addText(name, value + "\n");
    }

    private static void addAll(PseudoDirectory interfaces, SocketTables network) {
        network.systemInterfaces()
                .forEach(one -> addInterface(interfaces, one, network.traffic(one.index())));
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
        addHugePages(memory.addDirectory("hugepages"));
    }

    /** Programs expect a directory for the size that {@code /proc/meminfo} names, and of that size none. */
    private static void addHugePages(PseudoDirectory sizes) {
        PseudoDirectory size = sizes.addDirectory("hugepages-2048kB");
        for (String name :
                new String[] {
                    "nr_hugepages",
                    "nr_hugepages_mempolicy",
                    "nr_overcommit_hugepages",
                    "free_hugepages",
                    "resv_hugepages",
                    "surplus_hugepages"
                }) {
            text(size, name, "0");
        }
    }

    private static void addInterface(
            PseudoDirectory interfaces,
            SocketTables.SystemInterface one,
            Map<String, SocketTables.Count> traffic) {
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
        text(directory, "addr_assign_type", isLoopback ? "0" : "3");
        text(directory, "addr_len", "6");
        text(directory, "broadcast", isLoopback ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff");
        text(directory, "carrier_changes", isLoopback ? "0" : "2");
        text(directory, "carrier_up_count", isLoopback ? "0" : "1");
        text(directory, "carrier_down_count", isLoopback ? "0" : "1");
        text(directory, "dev_id", "0x0");
        text(directory, "dev_port", "0");
        text(directory, "dormant", "0");
        text(directory, "ifalias", "");
        text(directory, "link_mode", "0");
        text(directory, "name_assign_type", isLoopback ? "2" : "4");
        text(directory, "netdev_group", "0");
        text(directory, "tx_queue_len", "1000");
        text(directory, "uevent", "INTERFACE=" + one.name() + "\nIFINDEX=" + one.index());
        if (!isLoopback) {
            // As a virtual pair of Docker's says.
            text(directory, "duplex", "full");
            text(directory, "speed", "10000");
        }
        PseudoDirectory statistics = directory.addDirectory("statistics");
        for (String name : NO_EVENTS) {
            text(statistics, name, "0");
        }
        traffic.forEach(
                (name, count) -> statistics.addText(name, reader -> count.getAsLong() + "\n"));
    }
}
