package dev.littlecloud.conformance;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process uses of the host.
 *
 * @param heapBytes reachable Java objects
 * @param nativeBytes resident memory besides the Java heap: guests' memory and page tables
 * @param descriptors open descriptors
 */
record HostUse(long heapBytes, long nativeBytes, long descriptors) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    static HostUse now() throws IOException {
        System.gc();
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        long resident = 0;
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith("VmRSS:")) {
                resident = Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            // Of the heap's committed part all counts as resident, so native use errs to less.
            return new HostUse(heap.getUsed(), resident - heap.getCommitted(), open.count());
        }
    }

    HostUse since(HostUse before) {
        return new HostUse(
                heapBytes - before.heapBytes,
                nativeBytes - before.nativeBytes,
                descriptors - before.descriptors);
    }

    @Override
    public String toString() {
        return "heap %d KiB, native %d KiB, %d descriptors"
                .formatted(heapBytes >> 10, nativeBytes >> 10, descriptors);
    }
}
