package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.task.Task;

/** The instance's memory as a whole: meminfo, vmstat, and what cgroups tell of it. */
final class SystemMemory {
    private final Kernel kernel;

    SystemMemory(Kernel kernel) {
        this.kernel = kernel;
    }

    long limitBytes() {
        return kernel.config().memoryBytes();
    }

    long freeBytes() {
        return Math.max(0, (long) kernel.frames().available() << Frames.SHIFT);
    }

    /** Frames in use and kernel objects. */
    long usedBytes() {
        return Math.max(0, limitBytes() - freeBytes());
    }

    long frameBytes() {
        return (long) kernel.frames().used() << Frames.SHIFT;
    }

    long kernelBytes() {
        return kernel.frames().charged();
    }

    long pageTableBytes() {
        return kernel.guestMemory().pageTableBytes();
    }

    String information(Task reader) {
        StringBuilder text = new StringBuilder(1400);
        long pages = frameBytes();
        line(text, "MemTotal", limitBytes());
        line(text, "MemFree", freeBytes());
        line(text, "MemAvailable", freeBytes());
        zeros(text, "Buffers", "Cached", "SwapCached");
        line(text, "Active", pages);
        line(text, "Inactive", 0);
        line(text, "Active(anon)", pages);
        zeros(text, "Inactive(anon)", "Active(file)", "Inactive(file)", "Unevictable", "Mlocked");
        zeros(text, "SwapTotal", "SwapFree", "Dirty", "Writeback");
        line(text, "AnonPages", pages);
        zeros(text, "Mapped", "Shmem", "KReclaimable");
        line(text, "Slab", kernelBytes());
        zeros(text, "SReclaimable");
        line(text, "SUnreclaim", kernelBytes());
        zeros(text, "KernelStack");
        line(text, "PageTables", pageTableBytes());
        zeros(text, "SecPageTables", "NFS_Unstable", "Bounce", "WritebackTmp");
        line(text, "CommitLimit", limitBytes());
        line(text, "Committed_AS", pages);
        line(text, "VmallocTotal", 34359738367L << 10);
        zeros(text, "VmallocUsed", "VmallocChunk", "Percpu", "AnonHugePages", "ShmemHugePages");
        zeros(text, "ShmemPmdMapped", "FileHugePages", "FilePmdMapped");
        text.append("HugePages_Total:       0\nHugePages_Free:        0\n");
        text.append("HugePages_Rsvd:        0\nHugePages_Surp:        0\n");
        line(text, "Hugepagesize", 2 << 20);
        zeros(text, "Hugetlb");
        return text.toString();
    }

    private static void zeros(StringBuilder text, String... names) {
        for (String name : names) {
            line(text, name, 0);
        }
    }

    private static void line(StringBuilder text, String name, long bytes) {
        String value = String.valueOf(bytes >> 10);
        text.append(name).append(':');
        text.repeat(' ', Math.max(1, 23 - name.length() - value.length()));
        text.append(value).append(" kB\n");
    }

    String virtualStatistics(Task reader) {
        long faults = 0;
        for (Task task : kernel.tasks().tasks()) {
            faults += task.run().faults();
        }
        return "nr_free_pages %d\nnr_anon_pages %d\nnr_mapped 0\nnr_file_pages 0\n"
                        .formatted(freeBytes() >> Frames.SHIFT, kernel.frames().used())
                + "nr_dirty 0\nnr_writeback 0\nnr_page_table_pages %d\npgpgin 0\npgpgout 0\n"
                        .formatted(pageTableBytes() >> Frames.SHIFT)
                + "pswpin 0\npswpout 0\npgfault %d\npgmajfault 0\noom_kill %d\n"
                        .formatted(faults, kernel.memoryShortage().kills());
    }
}
