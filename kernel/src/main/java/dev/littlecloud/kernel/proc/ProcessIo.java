package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TransferCounts;

/** /proc/PID/io. An instance has no disks of its own, so nothing is read from or written to one. */
final class ProcessIo {
    private ProcessIo() {}

    static String text(Target target, Task reader) {
        Task task = target.task();
        TransferCounts counts =
                target.isProcess() || task == null
                        ? TransferCounts.of(target.process())
                        : task.transfers();
        return "rchar: %d\nwchar: %d\nsyscr: %d\nsyscw: %d\nread_bytes: 0\nwrite_bytes: 0\n"
                        .formatted(
                                counts.bytesRead(),
                                counts.bytesWritten(),
                                counts.reads(),
                                counts.writes())
                + "cancelled_write_bytes: 0\n";
    }
}
