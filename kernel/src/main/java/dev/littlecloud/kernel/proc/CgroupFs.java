package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.pseudo.PseudoDirectory;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.task.MemoryShortage;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;

/**
 * The file system to be mounted at /sys/fs/cgroup: one control group, whose limits are the
 * instance's; cgroups(7) and the kernel's cgroup-v2.rst. Read-only, as containers see it.
 */
public final class CgroupFs {
    private static final int CPU_PERIOD_MICROS = 100_000;

    private final PseudoFileSystem fileSystem;
    private final Kernel kernel;
    private final SystemMemory memory;
    private final SystemTimes times;

    /**
     * @param minor of the file system's anonymous device number
     */
    public CgroupFs(Kernel kernel, int minor) {
        this.kernel = kernel;
        this.memory = new SystemMemory(kernel);
        this.times = new SystemTimes(kernel);
        fileSystem =
                new PseudoFileSystem(
                        "cgroup2", minor, PseudoFileSystem.CGROUP2_MAGIC, kernel.clock());
        fileSystem.root().filledBy(this::fill);
    }

    private void fill(PseudoDirectory root) {
        addCore(root);
        addMemory(root);
        addProcessors(root);
        root.addText("pids.max", reader -> kernel.config().maxTasks() + "\n");
        root.addText("pids.current", reader -> kernel.tasks().taskCount() + "\n");
        root.addText("pids.peak", reader -> kernel.tasks().taskCount() + "\n");
        text(root, "pids.events", "max 0");
        root.addText("io.stat", "");
        root.addText("io.max", "");
    }

    /** To be mounted at /sys/fs/cgroup. */
    public PseudoFileSystem fileSystem() {
        return fileSystem;
    }

    private static void text(PseudoDirectory directory, String name, String value) {
        directory.addText(name, value + "\n");
    }

    private void addCore(PseudoDirectory root) {
        text(root, "cgroup.controllers", "cpuset cpu io memory pids");
        text(root, "cgroup.subtree_control", "");
        root.addText("cgroup.procs", this::processes);
        root.addText("cgroup.threads", this::threads);
        text(root, "cgroup.type", "domain");
        text(root, "cgroup.freeze", "0");
        text(root, "cgroup.events", "populated 1\nfrozen 0");
        text(root, "cgroup.stat", "nr_descendants 0\nnr_dying_descendants 0");
        text(root, "cgroup.max.depth", "max");
        text(root, "cgroup.max.descendants", "max");
    }

    private String processes(Task reader) {
        StringBuilder text = new StringBuilder();
        for (ThreadGroup process : kernel.tasks().processes()) {
            if (!process.isZombie()) {
                text.append(process.pid()).append('\n');
            }
        }
        return text.toString();
    }

    private String threads(Task reader) {
        StringBuilder text = new StringBuilder();
        for (ThreadGroup process : kernel.tasks().processes()) {
            for (Task thread : process.threads()) {
                text.append(thread.tid()).append('\n');
            }
        }
        return text.toString();
    }

    private void addMemory(PseudoDirectory root) {
        root.addText("memory.max", reader -> memory.limitBytes() + "\n");
        root.addText("memory.current", reader -> memory.usedBytes() + "\n");
        root.addText("memory.peak", reader -> memory.usedBytes() + "\n");
        text(root, "memory.high", "max");
        text(root, "memory.low", "0");
        text(root, "memory.min", "0");
        text(root, "memory.oom.group", "0");
        text(root, "memory.swap.max", "0");
        text(root, "memory.swap.high", "max");
        text(root, "memory.swap.current", "0");
        text(root, "memory.swap.events", "high 0\nmax 0\nfail 0");
        root.addText("memory.events", reader -> memoryEvents());
        root.addText("memory.events.local", reader -> memoryEvents());
        root.addText("memory.stat", this::memoryStatistics);
    }

    private String memoryEvents() {
        MemoryShortage shortage = kernel.memoryShortage();
        return "low 0\nhigh 0\nmax %d\noom %d\noom_kill %d\noom_group_kill 0\n"
                .formatted(shortage.shortages(), shortage.shortages(), shortage.kills());
    }

    private String memoryStatistics(Task reader) {
        StringBuilder text = new StringBuilder(600);
        long pages = memory.frameBytes();
        long faults = 0;
        for (Task task : kernel.tasks().tasks()) {
            faults += task.run().faults();
        }
        text.append("anon ").append(pages).append("\nfile 0\nkernel ");
        text.append(memory.kernelBytes() + memory.pageTableBytes());
        text.append("\nkernel_stack 0\npagetables ").append(memory.pageTableBytes());
        text.append("\npercpu 0\nsock 0\nvmalloc 0\nshmem 0\nzswap 0\nzswapped 0\nfile_mapped 0\n");
        text.append("file_dirty 0\nfile_writeback 0\nswapcached 0\nanon_thp 0\nfile_thp 0\n");
        text.append("shmem_thp 0\ninactive_anon 0\nactive_anon ").append(pages);
        text.append("\ninactive_file 0\nactive_file 0\nunevictable 0\nslab_reclaimable 0\n");
        text.append("slab_unreclaimable ").append(memory.kernelBytes());
        text.append("\nslab ").append(memory.kernelBytes());
        text.append(
                "\nworkingset_refault_anon 0\nworkingset_refault_file 0\npgscan 0\npgsteal 0\n");
        text.append("pgfault ").append(faults).append("\npgmajfault 0\n");
        return text.toString();
    }

    private void addProcessors(PseudoDirectory root) {
        root.addText("cpu.max", this::processorLimit);
        text(root, "cpu.max.burst", "0");
        text(root, "cpu.weight", "100");
        text(root, "cpu.weight.nice", "0");
        text(root, "cpu.idle", "0");
        root.addText("cpu.stat", this::processorStatistics);
        String all = CpuSets.list(CpuSets.first(kernel.config().processors()));
        text(root, "cpuset.cpus", "");
        text(root, "cpuset.cpus.effective", all);
        text(root, "cpuset.mems", "");
        text(root, "cpuset.mems.effective", "0");
    }

    private String processorLimit(Task reader) {
        long quota = Math.round(kernel.config().cpus() * CPU_PERIOD_MICROS);
        return quota + " " + CPU_PERIOD_MICROS + "\n";
    }

    private String processorStatistics(Task reader) {
        long[] used = times.used();
        long user = used[0] / 1000;
        long system = used[1] / 1000;
        return "usage_usec %d\nuser_usec %d\nsystem_usec %d\nnr_periods 0\nnr_throttled 0\n"
                        .formatted(user + system, user, system)
                + "throttled_usec 0\nnr_bursts 0\nburst_usec 0\n";
    }
}
