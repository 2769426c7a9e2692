package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.time.CycleRate;
import dev.littlecloud.kernel.time.vdso.VdsoData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** /proc/cpuinfo: the instance's processors as their CPUID shows them. */
final class CpuInfo {
    private static final int EAX = 0;
    private static final int EBX = 1;
    private static final int ECX = 2;
    private static final int EDX = 3;

    private final Kernel kernel;

    CpuInfo(Kernel kernel) {
        this.kernel = kernel;
    }

    String text(Task reader) {
        int processors = kernel.config().processors();
        StringBuilder text = new StringBuilder(processors * 1500);
        for (int i = 0; i < processors; i++) {
            processor(text, i, processors);
        }
        return text.toString();
    }

    private void processor(StringBuilder text, int index, int count) {
        int[] leaf0 = kernel.cpuid(0, 0);
        int[] leaf1 = kernel.cpuid(1, 0);
        int signature = leaf1[EAX];
        int family = signature >> 8 & 0xf;
        int model = signature >> 4 & 0xf;
        if (family == 6 || family == 15) {
            model |= signature >> 12 & 0xf0;
        }
        if (family == 15) {
            family += signature >> 20 & 0xff;
        }
        line(text, "processor\t", index);
        line(text, "vendor_id\t", ascii(leaf0[EBX], leaf0[EDX], leaf0[ECX]));
        line(text, "cpu family\t", family);
        line(text, "model\t\t", model);
        line(text, "model name\t", brand());
        line(text, "stepping\t", signature & 0xf);
        line(text, "microcode\t", "0x1");
        double megahertz = megahertz();
        if (megahertz > 0) {
            line(text, "cpu MHz\t\t", "%.3f".formatted(megahertz));
        }
        line(text, "cache size\t", cacheKilobytes() + " KB");
        line(text, "physical id\t", 0);
        line(text, "siblings\t", count);
        line(text, "core id\t\t", index);
        line(text, "cpu cores\t", count);
        line(text, "apicid\t\t", index);
        line(text, "initial apicid\t", index);
        line(text, "fpu\t\t", "yes");
        line(text, "fpu_exception\t", "yes");
        line(text, "cpuid level\t", leaf0[EAX]);
        line(text, "wp\t\t", "yes");
        line(text, "flags\t\t", CpuFlags.names(kernel::cpuid));
        line(text, "bugs\t\t", "");
        line(text, "bogomips\t", "%.2f".formatted(megahertz * 2));
        line(text, "clflush size\t", (leaf1[EBX] >> 8 & 0xff) * 8);
        line(text, "cache_alignment\t", (leaf1[EBX] >> 8 & 0xff) * 8);
        int sizes = kernel.cpuid(0x8000_0008, 0)[EAX];
        line(
                text,
                "address sizes\t",
                (sizes & 0xff) + " bits physical, " + (sizes >> 8 & 0xff) + " bits virtual");
        text.append("power management:\n\n");
    }

    private static void line(StringBuilder text, String name, Object value) {
        text.append(name).append(": ").append(value).append('\n');
    }

    private String brand() {
        StringBuilder name = new StringBuilder(48);
        for (int leaf = 0x8000_0002; leaf <= 0x8000_0004; leaf++) {
            int[] part = kernel.cpuid(leaf, 0);
            name.append(ascii(part[EAX], part[EBX], part[ECX], part[EDX]));
        }
        String trimmed = name.toString().strip();
        return trimmed.isEmpty() ? "unknown" : trimmed;
    }

    private static String ascii(int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(words.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            bytes.putInt(word);
        }
        String text = new String(bytes.array(), StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    /** The rate of the time-stamp counter, 0 where the host does not tell it. */
    private double megahertz() {
        CycleRate rate = kernel.host().cycleRate();
        if (rate == null) {
            return 0;
        }
        double nanosPerCycle = (double) rate.slope() / (1L << VdsoData.SLOPE_SHIFT);
        return 1000 / nanosPerCycle;
    }

    /** The largest cache, from the deterministic cache parameters (leaf 4). */
    private long cacheKilobytes() {
        long largest = 0;
        for (int index = 0; index < 8; index++) {
            int[] cache = kernel.cpuid(4, index);
            if ((cache[EAX] & 0x1f) == 0) {
                break;
            }
            long ways = (cache[EBX] >>> 22) + 1;
            long partitions = (cache[EBX] >>> 12 & 0x3ff) + 1;
            long lineBytes = (cache[EBX] & 0xfff) + 1;
            long sets = Integer.toUnsignedLong(cache[ECX]) + 1;
            largest = Math.max(largest, ways * partitions * lineBytes * sets);
        }
        return largest >> 10;
    }
}
