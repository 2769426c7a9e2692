package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.io.KernelIo;
import dev.littlecloud.kernel.io.UserIo;
import dev.littlecloud.kernel.ipc.AioContext;
import dev.littlecloud.kernel.ipc.EventFd;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One operation of io_submit(2): struct iocb. */
final class AioOperation {
    /** Offset of the field that the kernel marks a submitted operation by. */
    static final int KEY = 8;

    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int SYNC = 2;
    private static final int DATA_SYNC = 3;
    private static final int READ_VECTOR = 7;
    private static final int WRITE_VECTOR = 8;
    private static final int TELL_EVENT_FD = 1;

    private AioOperation() {}

    /**
     * Does an operation and puts its result into the queue.
     *
     * @param mayNotWait where operations before it were submitted, which cannot be done again
     * @return 0, {@code -errno} where it is refused, or {@link Task#BLOCK}
     */
    static long submit(Task task, AioContext queue, long operation, boolean mayNotWait) {
        UserMemory memory = task.memory();
        long data = memory.readLong(operation);
        int code = memory.readInt(operation + 16) & 0xFFFF;
        long length = memory.readLong(operation + 32);
        int flags = memory.readInt(operation + 56);
        if (memory.readLong(operation + 48) != 0 || length < 0) {
            return -Errno.EINVAL;
        }
        OpenFile file = task.files().get(memory.readInt(operation + 20));
        if (file == null) {
            return -Errno.EBADF;
        }
        EventFd told = null;
        if ((flags & TELL_EVENT_FD) != 0) {
            OpenFile other = task.files().get(memory.readInt(operation + 60));
            if (!(other instanceof EventFd counter)) {
                return other == null ? -Errno.EBADF : -Errno.EINVAL;
            }
            told = counter;
        }
        memory.writeInt(operation + KEY, 0);
        long result;
        switch (code) {
            case READ, READ_VECTOR, WRITE, WRITE_VECTOR -> {
                boolean writes = code == WRITE || code == WRITE_VECTOR;
                if (writes ? !file.isWritable() : !file.isReadable()) {
                    return -Errno.EBADF;
                }
                int ready = writes ? PollEvents.WRITABLE : PollEvents.READABLE;
                if (mayNotWait && !file.isSeekable() && (file.poll() & ready) == 0) {
                    return -Errno.EAGAIN;
                }
                boolean vector = code == READ_VECTOR || code == WRITE_VECTOR;
                long described = describe(task, operation, vector, length);
                if (described != 0) {
                    return described;
                }
                result = transfer(task, file, memory.readLong(operation + 40), writes);
            }
            case SYNC, DATA_SYNC -> result = file.sync(task, code == DATA_SYNC);
            default -> {
                return -Errno.EINVAL;
            }
        }
        if (result == Task.BLOCK) {
            return result;
        }
        queue.add(new AioContext.Event(data, operation, result));
        if (told != null) {
            increase(task, told);
        }
        return 0;
    }

    private static long describe(Task task, long operation, boolean vector, long length) {
        UserIo io = task.io();
        long address = task.memory().readLong(operation + 24);
        if (vector) {
            return io.vector(address, length);
        }
        io.single(address, length);
        return 0;
    }

    private static long transfer(Task task, OpenFile file, long position, boolean writes) {
        if (position < 0) {
            return -Errno.EINVAL;
        }
        long at = file.isSeekable() ? position : OpenFile.AT_OFFSET;
        if (file.isSeekable()) {
            // A short count, since a call with other operations behind this one cannot go in parts.
            task.io().limit(file.mostAtOnce());
        }
        try {
            return writes
                    ? TransferCalls.transferOut(task, file, task.io(), at)
                    : TransferCalls.transferIn(task, file, task.io(), at);
        } catch (GuestFault badPointer) {
            return -Errno.EFAULT;
        }
    }

    /** Adds one; a counter at its end stays there, as where an interrupt counts. */
    private static void increase(Task task, EventFd counter) {
        if ((counter.poll() & PollEvents.WRITABLE) != 0) {
            byte[] one = new byte[Long.BYTES];
            ByteBuffer.wrap(one).order(ByteOrder.LITTLE_ENDIAN).putLong(1);
            counter.write(task, new KernelIo(one), OpenFile.AT_OFFSET);
        }
    }
}
