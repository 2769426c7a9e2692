package dev.littlecloud.kernel.fs.volume;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.machine.FileWindow;
import dev.littlecloud.machine.MachineException;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * A volume's file as pages that address spaces map: shared mappings of the host's file, given to the
 * guest in windows. So the guest, other instances and the host see each other's writes at once.
 */
final class VolumePages extends PageCache {
    private static final long WINDOW = 1L << 20;

    private record Window(MemorySegment mapping, FileWindow window) {}

    private final VolumeFile file;
    private final Map<Long, Window> windows = new HashMap<>();

    VolumePages(VolumeFile file) {
        this.file = file;
    }

    @Override
    public long size() {
        file.refresh();
        return file.size();
    }

    @Override
    public long pageForRead(long index) {
        return page(index, false);
    }

    @Override
    public long pageForWrite(long index) {
        return page(index, true);
    }

    private long page(long index, boolean writes) {
        HostFile host = file.handle(writes);
        if (host.errno() != 0) {
            return -host.errno();
        }
        long position = index << Frames.SHIFT;
        Window window = windows.get(position / WINDOW);
        if (window == null) {
            if (!file.volume().takeWindow()) {
                return -Errno.ENOMEM;
            }
            MemorySegment mapping = host.map(position / WINDOW * WINDOW, WINDOW);
            if (mapping == null) {
                file.volume().giveWindow();
                return -Errno.ENOMEM;
            }
            try {
                FileWindow opened = file.volume().memory().mapFile(mapping, host.isWritable());
                window = new Window(mapping, opened);
            } catch (MachineException refused) {
                // No memory slot is left: the guest's access fails, nothing else.
                host.unmap(mapping);
                file.volume().giveWindow();
                return -Errno.ENOMEM;
            }
            windows.put(position / WINDOW, window);
        }
        return window.window().guestPhysical() + position % WINDOW;
    }

    @Override
    public boolean isPageWritable(long index) {
        HostFile host = file.handle(false);
        return host.errno() == 0 && host.isWritable();
    }

    void truncated(long newSize) {
        long first = newSize + Frames.SIZE - 1 >>> Frames.SHIFT;
        invalidate(first, Long.MAX_VALUE - first, true);
    }

    /** Takes all windows from the guest; they come back when touched. */
    void closeWindows() {
        if (windows.isEmpty()) {
            return;
        }
        invalidate(0, Long.MAX_VALUE, false);
        HostFile host = file.handle(false);
        for (Window window : windows.values()) {
            window.window().close();
            host.unmap(window.mapping());
            file.volume().giveWindow();
        }
        windows.clear();
    }

    @Override
    public void flush() {
        HostFile host = file.handle(false);
        if (host.errno() == 0) {
            host.sync(true);
        }
    }

    @Override
    public void retain() {
        file.use();
    }

    @Override
    public void release() {
        file.unuse();
    }
}
