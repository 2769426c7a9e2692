package dev.littlecloud.kernel.fs.watch;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.AnonymousInode;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An inotify(7) instance: watches and the events that were not read yet. */
public final class Inotify extends OpenFile {
    /** /proc/sys/fs/inotify/max_user_watches: what one instance may hold. */
    public static final int MAX_WATCHES = 8192;

    /** /proc/sys/fs/inotify/max_queued_events. */
    public static final int MAX_EVENTS = 16384;

    private static final int FIONREAD = 0x541B;
    private static final int HEADER = 16;
    private static final int WATCH_BYTES = 160;

    private final Map<Integer, Watch> watches = new HashMap<>();
    private final ArrayDeque<Event> events = new ArrayDeque<>();
    private final WaitQueue waiters = new WaitQueue();
    private final Frames frames;
    private int lastDescriptor;
    private long queuedBytes;

    private record Event(int descriptor, int mask, int cookie, String name) {
        int nameBytes() {
            return name.isEmpty() ? 0 : name.length() + 1 + HEADER - 1 & -HEADER;
        }

        int size() {
            return HEADER + nameBytes();
        }

        /** What it costs the kernel, roughly. */
        long cost() {
            return 64L + size();
        }
    }

    /**
     * @param frames what events that were not read are charged to
     */
    public Inotify(int flags, Frames frames) {
        super(flags);
        this.frames = frames;
    }

    /** inotify_add_watch(2): a watch descriptor or {@code -errno}. */
    public int add(Inode watched, int mask) {
        InodeWatches all = watched.watches();
        if (all != null) {
            for (Watch watch : all.all()) {
                if (watch.instance() == this) {
                    if ((mask & WatchEvents.MASK_CREATE) != 0) {
                        return -Errno.EEXIST;
                    }
                    int base = (mask & WatchEvents.MASK_ADD) != 0 ? watch.mask() : 0;
                    watch.mask(base | mask);
                    return watch.descriptor();
                }
            }
        }
        if (watches.size() >= MAX_WATCHES || !frames.charge(WATCH_BYTES)) {
            return -Errno.ENOSPC;
        }
        Watch watch = new Watch(this, watched, ++lastDescriptor, mask);
        watches.put(watch.descriptor(), watch);
        InodeWatches.of(watched).add(watch);
        return watch.descriptor();
    }

    /** inotify_rm_watch(2). */
    public int remove(int descriptor) {
        Watch watch = watches.get(descriptor);
        if (watch == null) {
            return -Errno.EINVAL;
        }
        removed(watch);
        return 0;
    }

    void removed(Watch watch) {
        watches.remove(watch.descriptor());
        frames.uncharge(WATCH_BYTES);
        InodeWatches.of(watch.inode()).remove(watch);
        queue(watch.descriptor(), WatchEvents.IGNORED, 0, "");
    }

    void queue(int descriptor, int mask, int cookie, String name) {
        Event event = new Event(descriptor, mask, cookie, name);
        Event last = events.peekLast();
        if (event.equals(last)) {
            return;
        }
        if (events.size() >= MAX_EVENTS || !frames.charge(event.cost())) {
            if (last != null && last.mask() == WatchEvents.OVERFLOW) {
                return;
            }
            event = new Event(-1, WatchEvents.OVERFLOW, 0, "");
        }
        events.add(event);
        queuedBytes += event.size();
        waiters.wake(PollEvents.READABLE);
    }

    @Override
    public long read(Task task, IoBuffer buffer, long at) {
        Event first = events.peek();
        if (first == null) {
            return isNonblocking() ? -Errno.EAGAIN : task.blockOn(waiters);
        }
        if (first.size() > buffer.remaining()) {
            return -Errno.EINVAL;
        }
        long start = buffer.position();
        for (Event event = first; event != null && event.size() <= buffer.remaining(); ) {
            buffer.put(encode(event), 0, event.size());
            queuedBytes -= event.size();
            events.poll();
            uncharge(event);
            event = events.peek();
        }
        return buffer.position() - start;
    }

    /** An overflow mark, of which there is one at a time, costs nothing. */
    private void uncharge(Event event) {
        if (event.mask() != WatchEvents.OVERFLOW) {
            frames.uncharge(event.cost());
        }
    }

    private static byte[] encode(Event event) {
        byte[] bytes = new byte[event.size()];
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(event.descriptor())
                .putInt(event.mask())
                .putInt(event.cookie())
                .putInt(event.nameBytes())
                .put(event.name().getBytes(StandardCharsets.ISO_8859_1));
        return bytes;
    }

    @Override
    public int poll() {
        return events.isEmpty() ? 0 : PollEvents.READABLE;
    }

    @Override
    public @Nullable WaitQueue waitQueue() {
        return waiters;
    }

    @Override
    public long ioctl(Task task, int request, long argument) {
        if (request == FIONREAD) {
            task.memory().writeInt(argument, (int) Math.min(queuedBytes, Integer.MAX_VALUE));
            return 0;
        }
        return -Errno.ENOTTY;
    }

    @Override
    protected void close() {
        List<Watch> all = new ArrayList<>(watches.values());
        for (Watch watch : all) {
            InodeWatches.of(watch.inode()).remove(watch);
            frames.uncharge(WATCH_BYTES);
        }
        watches.clear();
        events.forEach(this::uncharge);
        events.clear();
    }

    @Override
    public Inode inode() {
        return AnonymousInode.INSTANCE;
    }

    @Override
    public String description() {
        return "anon_inode:inotify";
    }
}
