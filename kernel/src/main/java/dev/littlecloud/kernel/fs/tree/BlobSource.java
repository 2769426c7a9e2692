package dev.littlecloud.kernel.fs.tree;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.machine.FileWindow;
import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.MachineException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * An image's one blob: the contents of all its files, each at a multiple of 4 KiB and padded with
 * zeros. The kernel reads from the host mapping; a guest is given 4 MiB windows of it, each when a
 * page in it is first mapped, because guest-physical memory costs the host some for every MiB. In the
 * guest, too, they are as far from each other as in the blob.
 * Guarded by the instance lock.
 */
public final class BlobSource {
    private static final long WINDOW = 4L << 20;

    private final MemorySegment contents;
    private final GuestMemory memory;
    private final @Nullable FileWindow[] windows;

    /**
     * @param contents read-only host mapping, a multiple of 4 KiB long
     * @param memory where windows are opened
     */
    public BlobSource(MemorySegment contents, GuestMemory memory) {
        if ((contents.byteSize() & 4095) != 0) {
            throw new IllegalArgumentException("a blob consists of whole pages");
        }
        this.contents = contents;
        this.memory = memory;
        this.windows =
                new @Nullable FileWindow[(int) ((contents.byteSize() + WINDOW - 1) / WINDOW)];
    }

    /** The host's view of everything. */
    MemorySegment contents() {
        return contents;
    }

    /** Guest-physical address of the page at a blob offset, or {@code -ENOMEM}. */
    long page(long offset) {
        int index = (int) (offset / WINDOW);
        FileWindow window = windows[index];
        if (window == null) {
            long start = index * WINDOW;
            long length = Math.min(WINDOW, contents.byteSize() - start);
            try {
                long place = GuestMemory.WINDOWS_BASE + start;
                window = memory.mapFile(place, contents.asSlice(start, length), false);
            } catch (MachineException refused) {
                // No memory slot is left: the guest's mmap or exec fails, nothing else.
                return -Errno.ENOMEM;
            }
            windows[index] = window;
        }
        return window.guestPhysical() + offset % WINDOW;
    }
}
