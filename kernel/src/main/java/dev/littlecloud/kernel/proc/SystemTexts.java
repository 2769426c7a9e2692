package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.pseudo.PseudoDirectory;
import dev.littlecloud.kernel.task.Task;

/** The files of /proc that are the same for every process; proc(5). */
final class SystemTexts {
    /** What an instance can mount or has mounted; "nodev" for those without a block device. */
    private static final String FILE_SYSTEMS =
            "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tcgroup2\nnodev\tdevtmpfs\n"
                    + "nodev\tpipefs\nnodev\tsockfs\nnodev\tdevpts\nnodev\toverlay\nnodev\tmqueue\n";

    private static final String DEVICES =
            """
            Character devices:
              1 mem
              5 /dev/tty
              5 /dev/console
              5 /dev/ptmx
            136 pts

            Block devices:
            """;

    private static final String CONTROL_GROUPS =
            """
            #subsys_name\thierarchy\tnum_cgroups\tenabled
            cpuset\t0\t1\t1
            cpu\t0\t1\t1
            cpuacct\t0\t1\t1
            io\t0\t1\t1
            memory\t0\t1\t1
            pids\t0\t1\t1
            """;

    private SystemTexts() {}

    static void add(PseudoDirectory root, Kernel kernel, SystemTimes times, SystemMemory memory) {
        root.addText("meminfo", memory::information);
        root.addText("vmstat", memory::virtualStatistics);
        root.addText("stat", times::statistics);
        root.addText("uptime", times::uptime);
        root.addText("loadavg", times::loadAverage);
        CpuInfo cpus = new CpuInfo(kernel);
        root.addText("cpuinfo", cpus::text);
        root.addText("version", Version.text());
        root.addText("cmdline", "console=tty0\n");
        root.addText("filesystems", FILE_SYSTEMS);
        root.addText("devices", DEVICES);
        root.addText("cgroups", CONTROL_GROUPS);
        root.addText("swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
        root.addText("partitions", "major minor  #blocks  name\n\n");
        root.addText("diskstats", "");
        root.addText("modules", "");
        root.addText("misc", "");
        root.addText("locks", "");
        root.addText("interrupts", reader -> interrupts(kernel));
        root.addText("softirqs", reader -> interrupts(kernel));
    }

    /** An instance has none: only the head with its processors. */
    private static String interrupts(Kernel kernel) {
        StringBuilder head = new StringBuilder("           ");
        for (int i = 0; i < kernel.config().processors(); i++) {
            head.append("%-11s".formatted("CPU" + i));
        }
        return head.append('\n').toString();
    }

    /** A fresh one at each read. */
    static String uuid(Task reader) {
        byte[] bytes = new byte[16];
        reader.kernel().random(bytes);
        return uuid(bytes);
    }

    /** A random UUID, version 4 of RFC 4122. */
    static String uuid(byte[] bytes) {
        bytes[6] = (byte) (bytes[6] & 0x0f | 0x40);
        bytes[8] = (byte) (bytes[8] & 0x3f | 0x80);
        StringBuilder text = new StringBuilder(36);
        for (int i = 0; i < bytes.length; i++) {
            if (i == 4 || i == 6 || i == 8 || i == 10) {
                text.append('-');
            }
            text.append("%02x".formatted(bytes[i] & 0xff));
        }
        return text.toString();
    }
}
