package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.Permissions;
import dev.littlecloud.kernel.ipc.posix.PosixQueue;
import dev.littlecloud.kernel.ipc.posix.PosixQueue.Message;
import dev.littlecloud.kernel.ipc.posix.PosixQueue.Notification;
import dev.littlecloud.kernel.ipc.posix.PosixQueues;
import dev.littlecloud.kernel.ipc.posix.QueueFile;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.PendingCall;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.time.ClockId;
import org.jspecify.annotations.Nullable;

/** POSIX message queues. */
final class MqCalls {
    private static final int NAME_BYTES = 256;
    private static final int DEFAULT_CAPACITY = 10;
    private static final int DEFAULT_SIZE = 8192;
    private static final int ATTRIBUTE_BYTES = 64;
    private static final int PRIORITY_MAX = 32768;

    private static final int SIGEV_SIGNAL = 0;
    private static final int SIGEV_NONE = 1;

    private MqCalls() {}

    static void register(SyscallTable table) {
        table.full(240, "mq_open", "path,oct,oct,ptr", (Handler.Call4) MqCalls::open);
        table.full(241, "mq_unlink", "path", (Handler.Call1) MqCalls::unlink);
        table.full(242, "mq_timedsend", "fd,ptr,long,int,ptr", (Handler.Call5) MqCalls::send);
        table.full(243, "mq_timedreceive", "fd,ptr,long,ptr,ptr", (Handler.Call5) MqCalls::receive);
        table.partial(
                244,
                "mq_notify",
                "fd,ptr",
                (Handler.Call2) MqCalls::notify,
                "SIGEV_THREAD, which needs a netlink socket, answers EINVAL");
        table.full(245, "mq_getsetattr", "fd,ptr,ptr", (Handler.Call3) MqCalls::attributes);
    }

    private static @Nullable QueueFile file(Task task, long fd) {
        return task.files().get((int) fd) instanceof QueueFile queue ? queue : null;
    }

    /** 0, or why a name is none. */
    private static int checkName(@Nullable String name) {
        if (name == null || name.length() >= NAME_BYTES) {
            return -Errno.ENAMETOOLONG;
        }
        if (name.isEmpty()) {
            return -Errno.ENOENT;
        }
        boolean special = name.equals(".") || name.equals("..") || name.indexOf('/') >= 0;
        return special ? -Errno.EACCES : 0;
    }

    private static long open(Task task, long address, long flags, long mode, long attributes) {
        String name = task.memory().readString(address, NAME_BYTES + 1);
        int problem = checkName(name);
        if (problem != 0 || name == null) {
            return problem;
        }
        PosixQueues queues = task.kernel().posixQueues();
        PosixQueue queue = queues.find(name);
        boolean creates = (flags & OpenFlags.O_CREAT) != 0;
        if (queue != null) {
            if (creates && (flags & OpenFlags.O_EXCL) != 0) {
                return -Errno.EEXIST;
            }
            int refused = Permissions.check(task.credentials(), queue.inode(), wanted((int) flags));
            if (refused != 0) {
                return refused;
            }
        } else if (!creates) {
            return -Errno.ENOENT;
        } else {
            long capacity = DEFAULT_CAPACITY;
            long size = DEFAULT_SIZE;
            if (attributes != 0) {
                capacity = task.memory().readLong(attributes + 8);
                size = task.memory().readLong(attributes + 16);
            }
            int reserved = queues.reserve(task, capacity, size);
            if (reserved != 0) {
                return reserved;
            }
            int permissions = (int) mode & 0777 & ~task.fs().umask();
            queue = queues.create(name, task.credentials(), permissions, capacity, size);
        }
        int kept = (int) flags & (OpenFlags.O_ACCMODE | OpenFlags.O_NONBLOCK);
        return Descriptors.install(task, new QueueFile(queues, queue, kept), true);
    }

    private static int wanted(int flags) {
        return switch (flags & OpenFlags.O_ACCMODE) {
            case OpenFlags.O_RDONLY -> Permissions.READ;
            case OpenFlags.O_WRONLY -> Permissions.WRITE;
            default -> Permissions.READ | Permissions.WRITE;
        };
    }

    private static long unlink(Task task, long address) {
        String name = task.memory().readString(address, NAME_BYTES + 1);
        int problem = checkName(name);
        if (problem != 0 || name == null) {
            return problem;
        }
        PosixQueue queue = task.kernel().posixQueues().find(name);
        if (queue == null) {
            return -Errno.ENOENT;
        }
        if (!Permissions.isOwner(task.credentials(), queue.inode())) {
            return -Errno.EPERM;
        }
        task.kernel().posixQueues().unlink(queue);
        return 0;
    }

    /** Sets the deadline of a call from a time of day: 0 or {@code -EINVAL}. */
    private static long deadline(Task task, long address) {
        if (address == 0) {
            return 0;
        }
        long until = TimeValues.readTimespec(task.memory(), address);
        if (until < 0) {
            return until;
        }
        task.deadlineAt(ClockId.monotonic(task.kernel(), ClockId.REALTIME, until));
        return 0;
    }

    private static long send(
            Task task, long fd, long address, long length, long priority, long timeout) {
        if (Long.compareUnsigned(priority & 0xFFFF_FFFFL, PRIORITY_MAX) >= 0) {
            return -Errno.EINVAL;
        }
        long problem = deadline(task, timeout);
        if (problem != 0) {
            return problem;
        }
        QueueFile file = file(task, fd);
        if (file == null || !file.isWritable()) {
            return -Errno.EBADF;
        }
        PosixQueue queue = file.queue();
        if (Long.compareUnsigned(length, queue.messageSize()) > 0) {
            return -Errno.EMSGSIZE;
        }
        byte[] text = new byte[(int) length];
        task.memory().read(address, text, 0, text.length);
        if (queue.isFull()) {
            return sleep(task, file, PollEvents.WRITABLE);
        }
        queue.send(task, new Message((int) priority, text));
        return 0;
    }

    private static long sleep(Task task, QueueFile file, int events) {
        if (file.isNonblocking()) {
            return -Errno.EAGAIN;
        }
        if (task.isDeadlinePassed()) {
            return -Errno.ETIMEDOUT;
        }
        task.waitOn(file.queue().events(), events, false);
        return task.block();
    }

    /** A receiver that waits: the next message is for it and nobody is notified. */
    private record Receiver(PosixQueue queue) implements PendingCall {
        @Override
        public void cancel(Task task) {
            queue.receiverWaits(false);
        }
    }

    private static long receive(
            Task task, long fd, long address, long length, long priority, long timeout) {
        if (task.pending() instanceof Receiver waiting) {
            waiting.cancel(task);
            task.pending(null);
        }
        long problem = deadline(task, timeout);
        if (problem != 0) {
            return problem;
        }
        QueueFile file = file(task, fd);
        if (file == null || !file.isReadable()) {
            return -Errno.EBADF;
        }
        PosixQueue queue = file.queue();
        if (Long.compareUnsigned(length, queue.messageSize()) < 0) {
            return -Errno.EMSGSIZE;
        }
        Message message = queue.receive();
        if (message == null) {
            long result = sleep(task, file, PollEvents.READABLE);
            if (result == Task.BLOCK) {
                queue.receiverWaits(true);
                task.pending(new Receiver(queue));
            }
            return result;
        }
        if (priority != 0) {
            task.memory().writeInt(priority, message.priority());
        }
        task.memory().write(address, message.text(), 0, message.text().length);
        return message.text().length;
    }

    private static long notify(Task task, long fd, long event) {
        int signal = 0;
        long value = 0;
        if (event != 0) {
            value = task.memory().readLong(event);
            signal = task.memory().readInt(event + 8);
            int kind = task.memory().readInt(event + 12);
            boolean valid = kind == SIGEV_NONE || (kind == SIGEV_SIGNAL && Signal.isValid(signal));
            if (!valid) {
                return -Errno.EINVAL;
            }
            signal = kind == SIGEV_NONE ? 0 : signal;
        }
        QueueFile file = file(task, fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        PosixQueue queue = file.queue();
        Notification known = queue.notification();
        if (event == 0) {
            if (known != null && known.process() == task.group()) {
                queue.notification(null);
            }
            return 0;
        }
        if (known != null) {
            return -Errno.EBUSY;
        }
        queue.notification(new Notification(task.group(), signal, value));
        return 0;
    }

    private static long attributes(Task task, long fd, long wanted, long old) {
        UserMemory memory = task.memory();
        long flags = wanted == 0 ? 0 : memory.readLong(wanted);
        if ((flags & ~OpenFlags.O_NONBLOCK) != 0) {
            return -Errno.EINVAL;
        }
        QueueFile file = file(task, fd);
        if (file == null) {
            return -Errno.EBADF;
        }
        int before = file.flags();
        if (wanted != 0) {
            file.flags((before & ~OpenFlags.O_NONBLOCK) | (int) flags);
        }
        if (old != 0) {
            PosixQueue queue = file.queue();
            memory.writeZeros(old, ATTRIBUTE_BYTES);
            memory.writeLong(old, before & OpenFlags.O_NONBLOCK);
            memory.writeLong(old + 8, queue.capacity());
            memory.writeLong(old + 16, queue.messageSize());
            memory.writeLong(old + 24, queue.count());
        }
        return 0;
    }
}
