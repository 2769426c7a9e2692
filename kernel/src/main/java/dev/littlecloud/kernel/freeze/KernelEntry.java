package dev.littlecloud.kernel.freeze;

import dev.littlecloud.kernel.InstanceLock;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.net.LostStream;
import dev.littlecloud.kernel.syscall.SyscallTables;
import dev.littlecloud.kernel.time.Clock;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.Vcpu;
import java.lang.foreign.MemorySegment;

/** The other side of {@link KernelBoundary}. */
final class KernelEntry implements Boundary.Entry {
    private final Surroundings around;
    private final GuestMemory memory;
    private final Vcpu[] vcpus;
    private final Clock clock;
    private final InstanceLock lock = new InstanceLock();

    /**
     * @param vcpus how many processors the instance has
     * @param frozenAt what its monotonic clock showed last
     */
    KernelEntry(Surroundings around, int vcpus, long frozenAt) {
        this.around = around;
        Machine machine = around.machine();
        this.memory = machine.memory();
        this.vcpus = new Vcpu[vcpus];
        for (int i = 0; i < vcpus; i++) {
            this.vcpus[i] = machine.createVcpu();
        }
        this.clock = Kernel.clock(around.host().cycleRate(), frozenAt - System.nanoTime());
    }

    @Override
    public Object enter(External external) {
        return switch (external) {
            case External.Named(String name) -> named(name);
            case External.Numbered(String name, long number) -> numbered(name, number);
            case External.Range(String name, long offset, long length) ->
                    range(name, offset, length);
            case External.Window(long guestPhysical, long blobOffset, long length) ->
                    memory.mapFile(guestPhysical, slice(around.blob(), blobOffset, length), false);
        };
    }

    private Object named(String name) {
        return switch (name) {
            case KernelBoundary.MACHINE -> around.machine();
            case KernelBoundary.MEMORY -> memory;
            case KernelBoundary.LOCK -> lock;
            case KernelBoundary.CONDITION -> lock.newCondition();
            case KernelBoundary.HOST -> around.host();
            case KernelBoundary.NETWORK -> around.network();
            case KernelBoundary.LOST_STREAM -> LostStream.INSTANCE;
            case KernelBoundary.OBSERVER -> around.observer();
            case KernelBoundary.CALLS -> SyscallTables.linux();
            case KernelBoundary.CLOCK -> clock;
            default -> throw unknown(name);
        };
    }

    private Object numbered(String name, long number) {
        return switch (name) {
            case KernelBoundary.VCPU -> vcpus[(int) number];
            case KernelBoundary.REGISTERS -> vcpus[(int) number].registers();
            case KernelBoundary.LOWER -> around.lower().apply(number);
            case KernelBoundary.VOLUME -> around.volumes().apply(number);
            case KernelBoundary.STREAM -> around.streams().apply(number);
            default -> throw unknown(name);
        };
    }

    private Object range(String name, long offset, long length) {
        return switch (name) {
            case KernelBoundary.RAM -> slice(memory.ram(), offset, length);
            case KernelBoundary.BLOB -> slice(around.blob(), offset, length);
            case KernelBoundary.TABLES -> memory.pageTables(offset, length);
            default -> throw unknown(name);
        };
    }

    /** The whole is not sliced: slices are found out by their bounds, the whole by itself. */
    private static MemorySegment slice(MemorySegment whole, long offset, long length) {
        return offset == 0 && length == whole.byteSize() ? whole : whole.asSlice(offset, length);
    }

    private static IllegalStateException unknown(String name) {
        return new IllegalStateException("nothing is called " + name);
    }
}
