package dev.littlecloud.kernel.fs.tree;

import dev.littlecloud.kernel.fs.device.DeviceTable;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.time.Clock;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** What all tree file systems of an instance share. */
public final class TreeStorage {
    private final Frames frames;
    private final MemorySegment ram;
    private final Clock clock;
    private final @Nullable BlobSource blob;
    private final ObjectBudget budget;
    private final DeviceTable.Lookup devices;

    /**
     * @param ram host view of the frames
     * @param blob contents of the image's files, or null where there is no image
     * @param devices what opens device nodes; asked when one is opened
     */
    public TreeStorage(
            Frames frames,
            MemorySegment ram,
            Clock clock,
            @Nullable BlobSource blob,
            DeviceTable.Lookup devices) {
        this.frames = frames;
        this.ram = ram;
        this.clock = clock;
        this.blob = blob;
        this.budget = new ObjectBudget(frames);
        this.devices = devices;
    }

    Frames frames() {
        return frames;
    }

    MemorySegment ram() {
        return ram;
    }

    Clock clock() {
        return clock;
    }

    @Nullable BlobSource blob() {
        return blob;
    }

    ObjectBudget budget() {
        return budget;
    }

    DeviceTable.Lookup devices() {
        return devices;
    }
}
