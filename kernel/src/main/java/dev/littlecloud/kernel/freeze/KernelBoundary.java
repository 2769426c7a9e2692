package dev.littlecloud.kernel.freeze;

import dev.littlecloud.kernel.Host;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.tree.LowerNode;
import dev.littlecloud.kernel.fs.volume.HostVolume;
import dev.littlecloud.kernel.net.HostNetwork;
import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.kernel.syscall.SyscallObserver;
import dev.littlecloud.kernel.syscall.SyscallTable;
import dev.littlecloud.kernel.task.Processor;
import dev.littlecloud.kernel.time.Clock;
import dev.littlecloud.machine.FileWindow;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Registers;
import dev.littlecloud.machine.Vcpu;
import java.lang.foreign.MemorySegment;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Names what a kernel's objects refer to outside of the kernel: its machine, its host, its image and
 * volumes.
 */
final class KernelBoundary implements Boundary {
    static final String MACHINE = "machine";
    static final String MEMORY = "memory";
    static final String RAM = "ram";
    static final String BLOB = "blob";
    static final String LOCK = "lock";
    static final String CONDITION = "condition";
    static final String HOST = "host";
    static final String NETWORK = "network";
    static final String OBSERVER = "observer";
    static final String CALLS = "calls";
    static final String CLOCK = "clock";
    static final String VCPU = "vcpu";
    static final String REGISTERS = "registers";
    static final String LOWER = "lower";
    static final String TABLES = "tables";
    static final String VOLUME = "volume";
    static final String STREAM = "stream";
    static final String LOST_STREAM = "lost-stream";

    private final MemorySegment ram;
    private final MemorySegment blob;
    private final Map<Object, Integer> registers = new IdentityHashMap<>();
    private final Map<Object, Integer> streams = new IdentityHashMap<>();

    /**
     * @param blob the host's view of the image's contents
     * @param streams connections that outlast the instance; others are broken in what is made of it
     */
    KernelBoundary(Kernel kernel, MemorySegment blob, List<? extends HostStream> streams) {
        this.ram = kernel.guestMemory().ram();
        this.blob = blob;
        for (HostStream stream : streams) {
            this.streams.put(stream, this.streams.size());
        }
        for (Processor processor : kernel.scheduler().processors()) {
            registers.put(processor.vcpu().registers(), processor.index());
        }
    }

    @Override
    public @Nullable External leave(Object object) {
        return switch (object) {
            case Machine _ -> new External.Named(MACHINE);
            case GuestMemory _ -> new External.Named(MEMORY);
            case Vcpu vcpu -> new External.Numbered(VCPU, vcpu.index());
            case Registers live -> registersOf(live);
            case PageTables tables ->
                    new External.Range(TABLES, tables.root(), tables.tableBytes());
            case FileWindow window -> window(window);
            case MemorySegment segment -> segment(segment);
            case Lock _ -> new External.Named(LOCK);
            case Condition _ -> new External.Named(CONDITION);
            case Host _ -> new External.Named(HOST);
            case HostNetwork _ -> new External.Named(NETWORK);
            case HostVolume volume -> new External.Numbered(VOLUME, volume.number());
            case HostStream stream -> stream(stream);
            case SyscallObserver _ -> new External.Named(OBSERVER);
            case SyscallTable _ -> new External.Named(CALLS);
            case Clock _ -> new External.Named(CLOCK);
            case LowerNode node -> new External.Numbered(LOWER, node.number());
            default -> null;
        };
    }

    private @Nullable External registersOf(Registers live) {
        Integer index = registers.get(live);
        return index == null ? null : new External.Numbered(REGISTERS, index);
    }

    private External stream(HostStream stream) {
        Integer number = streams.get(stream);
        return number == null
                ? new External.Named(LOST_STREAM)
                : new External.Numbered(STREAM, number);
    }

    private @Nullable External window(FileWindow window) {
        MemorySegment host = window.host();
        return isIn(host, blob)
                ? new External.Window(
                        window.guestPhysical(), host.address() - blob.address(), host.byteSize())
                : null;
    }

    private @Nullable External segment(MemorySegment segment) {
        if (!segment.isNative()) {
            return null;
        }
        if (isIn(segment, ram)) {
            return new External.Range(RAM, segment.address() - ram.address(), segment.byteSize());
        }
        return isIn(segment, blob)
                ? new External.Range(BLOB, segment.address() - blob.address(), segment.byteSize())
                : null;
    }

    private static boolean isIn(MemorySegment part, MemorySegment whole) {
        long offset = part.address() - whole.address();
        return offset >= 0 && offset <= whole.byteSize() - part.byteSize();
    }
}
