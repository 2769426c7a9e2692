package dev.littlecloud.kernel.ipc.posix;

import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** A message queue descriptor; mq_open(3). */
public final class QueueFile extends OpenFile {
    private final PosixQueues queues;
    private final PosixQueue queue;

    public QueueFile(PosixQueues queues, PosixQueue queue, int flags) {
        super(flags);
        this.queues = queues;
        this.queue = queue;
        queue.opened();
    }

    public PosixQueue queue() {
        return queue;
    }

    @Override
    protected void close() {
        queues.closed(queue);
    }

    @Override
    public long read(Task task, IoBuffer buffer, long at) {
        byte[] text = queue.status().getBytes(StandardCharsets.US_ASCII);
        long from = at == AT_OFFSET ? offset : at;
        long length = Math.min(text.length - from, buffer.remaining());
        if (length <= 0) {
            return 0;
        }
        buffer.put(MemorySegment.ofArray(text), from, length);
        if (at == AT_OFFSET) {
            offset += length;
        }
        return length;
    }

    @Override
    public int poll() {
        return queue.poll();
    }

    @Override
    public WaitQueue waitQueue() {
        return queue.events();
    }

    @Override
    public Inode inode() {
        return queue.inode();
    }

    @Override
    public String description() {
        return "/" + queue.name();
    }
}
