package dev.littlecloud.kernel.ipc.posix;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.ResourceLimits;
import dev.littlecloud.kernel.task.Task;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An instance's message queues by name, and the limits on them: the defaults of Linux. */
public final class PosixQueues {
    /** queues_max, msg_max and msgsize_max of /proc/sys/fs/mqueue. */
    private static final int QUEUES_MAX = 256;

    public static final int CAPACITY_MAX = 10;
    public static final int MESSAGE_SIZE_MAX = 8192;

    private final Frames frames;
    private final Map<String, PosixQueue> queues = new HashMap<>();

    /** Bytes of a user's queues, by user id. */
    private final Map<Integer, Long> userBytes = new HashMap<>();

    public PosixQueues(Frames frames) {
        this.frames = frames;
    }

    public @Nullable PosixQueue find(String name) {
        return queues.get(name);
    }

    /** Why a queue cannot be made: 0 or {@code -errno}. What it takes is charged if it can. */
    public int reserve(Task task, long capacity, long messageSize) {
        if (capacity <= 0
                || messageSize <= 0
                || capacity > CAPACITY_MAX
                || messageSize > MESSAGE_SIZE_MAX) {
            return -Errno.EINVAL;
        }
        if (queues.size() >= QUEUES_MAX) {
            return -Errno.ENOSPC;
        }
        long charge = PosixQueue.charge(capacity, messageSize);
        long used = userBytes.getOrDefault(task.credentials().uid(), 0L);
        long limit = task.group().limits().soft(ResourceLimits.MSGQUEUE);
        if (limit >= 0 && used + charge > limit) {
            return -Errno.EMFILE;
        }
        return frames.charge(charge) ? 0 : -Errno.ENOMEM;
    }

    /** Makes a queue for which {@link #reserve} answered 0. */
    public PosixQueue create(
            String name, Credentials owner, int mode, long capacity, long messageSize) {
        PosixQueue queue = new PosixQueue(name, owner, mode, (int) capacity, (int) messageSize);
        queues.put(name, queue);
        userBytes.merge(owner.uid(), queue.charge(), Long::sum);
        return queue;
    }

    public void unlink(PosixQueue queue) {
        queues.remove(queue.name());
        if (queue.unlink()) {
            gone(queue);
        }
    }

    void closed(PosixQueue queue) {
        if (queue.closed()) {
            gone(queue);
        }
    }

    private void gone(PosixQueue queue) {
        frames.uncharge(queue.charge());
        userBytes.merge(queue.ownerUid(), -queue.charge(), Long::sum);
    }
}
