package dev.littlecloud.kernel.freeze;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.UsedPages;
import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.machine.MemoryImage;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole instance as data: the memory of its machine and the objects of its kernel. Any number of
 * instances can be made of it. Thread-safe.
 */
public final class FrozenKernel implements AutoCloseable {
    private final MemoryImage memory;
    private final Graph graph;
    private final int processors;
    private final long monotonicNanos;
    private final ImageWindows windows;

    /**
     * A thawed instance.
     *
     * @param parts what {@link #freeze} was given, in that order
     */
    public record Thawed(Kernel kernel, List<@Nullable Object> parts) {}

    private FrozenKernel(MemoryImage memory, Graph graph, int processors, long monotonicNanos) {
        this.memory = memory;
        this.graph = graph;
        this.processors = processors;
        this.monotonicNanos = monotonicNanos;
        this.windows = ImageWindows.of(graph.externals());
    }

    /**
     * Freezes a quiet instance, whose lock is held.
     *
     * @param parts objects of the kernel that the caller wants to find again
     * @param streams connections that outlast the instance; {@link Surroundings#streams} gives what
     *     takes their places, and all others are broken
     * @param blob the host's view of the image's contents
     * @param forClones whether several will be made of it, so that secrets are wiped as at fork(2)
     * @throws FreezingException with the reason
     */
    public static FrozenKernel freeze(
            Kernel kernel,
            List<?> parts,
            List<? extends HostStream> streams,
            MemorySegment blob,
            boolean forClones) {
        if (forClones) {
            PageUse.spaces(kernel).forEach(AddressSpace::wipe);
        }
        return freezeAt(kernel.clock().monotonicNanos(), kernel, parts, streams, blob);
    }

    /** The same of an instance whose monotonic clock is to go on from a given time. */
    static FrozenKernel freezeAt(
            long monotonicNanos,
            Kernel kernel,
            List<?> parts,
            List<? extends HostStream> streams,
            MemorySegment blob) {
        if (!kernel.isQuiet()) {
            throw new IllegalStateException("a task can still run");
        }
        kernel.files().beforeFreezing();
        kernel.store();
        for (AddressSpace space : PageUse.spaces(kernel)) {
            space.ownTables();
            new UsedPages(space).preset();
        }
        kernel.sharedTables().trim();
        Object[] root = new Object[parts.size() + 1];
        root[0] = kernel;
        for (int i = 0; i < parts.size(); i++) {
            root[i + 1] = parts.get(i);
        }
        Graph graph = Graph.capture(root, new KernelBoundary(kernel, blob, streams));
        MemoryImage memory = kernel.machine().freeze(kernel.frames().live());
        return new FrozenKernel(memory, graph, kernel.config().processors(), monotonicNanos);
    }

    /** Writes the kernel's objects down; the memory is the caller's to write. */
    public void writeObjects(DataOutput out) throws IOException {
        out.writeInt(processors);
        out.writeLong(monotonicNanos);
        GraphCodec.write(graph, out);
    }

    /**
     * Reads what {@link #writeObjects} wrote.
     *
     * @param memory belongs to the frozen kernel then
     * @throws DamagedException when it is of another build, or not what was written
     */
    public static FrozenKernel readObjects(MemoryImage memory, DataInput in) throws IOException {
        int processors = in.readInt();
        long monotonicNanos = in.readLong();
        if (processors != memory.vcpus()) {
            throw new DamagedException(
                    "%d processors for %d".formatted(memory.vcpus(), processors));
        }
        return new FrozenKernel(memory, GraphCodec.read(in), processors, monotonicNanos);
    }

    /** What machines for it begin with. */
    public MemoryImage memory() {
        return memory;
    }

    /** How many objects its kernel has. */
    public int objects() {
        return graph.size();
    }

    /** Makes an instance. It goes on as soon as something wakes one of its tasks. */
    public Thawed thaw(Surroundings around) {
        StillKernel still = prepare(around);
        still.goOn();
        return new Thawed(still.kernel(), still.parts());
    }

    /**
     * Makes an instance that stands still until it is told to go on.
     *
     * @throws ThawingException where something is missing that it was frozen with
     */
    public StillKernel prepare(Surroundings around) {
        windows.open(around);
        KernelEntry entry = new KernelEntry(around, processors, monotonicNanos);
        StillKernel still = new StillKernel((Object[]) graph.thaw(entry), monotonicNanos);
        try {
            still.kernel().files().afterThawing();
        } catch (ThawingException missing) {
            still.end();
            throw missing;
        }
        return still;
    }

    @Override
    public void close() {
        memory.close();
    }
}
