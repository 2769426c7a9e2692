package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.ipc.sysv.IpcObject;
import dev.littlecloud.kernel.ipc.sysv.IpcTable;
import dev.littlecloud.kernel.ipc.sysv.MessageQueue;
import dev.littlecloud.kernel.ipc.sysv.MessageQueue.Message;
import dev.littlecloud.kernel.ipc.sysv.SystemV;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.PendingCall;
import dev.littlecloud.kernel.task.Restart;
import dev.littlecloud.kernel.task.Task;

/** System V message queues. */
final class MsgCalls {
    private static final int NOERROR = 010000;
    private static final int EXCEPT = 020000;
    private static final int COPY = 040000;

    private static final int MSG_STAT = 11;
    private static final int MSG_INFO = 12;
    private static final int MSG_STAT_ANY = 13;

    private MsgCalls() {}

    static void register(SyscallTable table) {
        table.full(68, "msgget", "int,oct", (Handler.Call2) MsgCalls::msgget);
        table.full(69, "msgsnd", "int,ptr,long,oct", (Handler.Call4) MsgCalls::msgsnd);
        table.full(70, "msgrcv", "int,ptr,long,long,oct", (Handler.Call5) MsgCalls::msgrcv);
        table.full(71, "msgctl", "int,int,ptr", (Handler.Call3) MsgCalls::msgctl);
    }

    private static long msgget(Task task, long keyWanted, long flags) {
        IpcTable<MessageQueue> queues = task.kernel().systemV().queues();
        int key = (int) keyWanted;
        MessageQueue found = queues.byKey(key);
        if (found != null) {
            if ((flags & IpcCommands.CREATE_NEW) == IpcCommands.CREATE_NEW) {
                return -Errno.EEXIST;
            }
            return found.allows(task, (int) flags) ? found.id() : -Errno.EACCES;
        }
        if (key != IpcObject.IPC_PRIVATE && (flags & IpcCommands.IPC_CREAT) == 0) {
            return -Errno.ENOENT;
        }
        if (queues.isFull() || !task.kernel().frames().charge(MessageQueue.CHARGE)) {
            return -Errno.ENOSPC;
        }
        return queues.add(new MessageQueue(task, key, flags));
    }

    /** The queue a blocked call waits on: its id may have gone to another one meanwhile. */
    private record Wait(MessageQueue queue) implements PendingCall {
        @Override
        public void cancel(Task task) {}
    }

    private static long sleep(Task task, MessageQueue queue) {
        task.pending(new Wait(queue));
        task.waitOn(queue.changes());
        return task.block(Restart.WITHOUT_HANDLER);
    }

    private static long msgsnd(Task task, long id, long address, long length, long flags) {
        UserMemory memory = task.memory();
        long type = memory.readLong(address);
        if (length < 0 || length > SystemV.MSGMAX || type < 1 || (int) id < 0) {
            return -Errno.EINVAL;
        }
        IpcTable<MessageQueue> queues = task.kernel().systemV().queues();
        MessageQueue queue = task.pending() instanceof Wait wait ? wait.queue : queues.byId(id);
        if (queue == null) {
            return queues.whyMissing(id);
        }
        if (queue.isRemoved()) {
            return -Errno.EIDRM;
        }
        if (!queue.allows(task, IpcObject.WRITE)) {
            return -Errno.EACCES;
        }
        byte[] text = new byte[(int) length];
        memory.read(address + 8, text, 0, text.length);
        if (!queue.hasRoom(text.length)) {
            return (flags & IpcCommands.IPC_NOWAIT) != 0 ? -Errno.EAGAIN : sleep(task, queue);
        }
        Message message = new Message(type, text);
        if (!task.kernel().frames().charge(message.charge())) {
            return -Errno.ENOMEM;
        }
        queue.send(task, message);
        return 0;
    }

    private static long msgrcv(
            Task task, long id, long address, long length, long type, long flags) {
        if ((int) id < 0 || length < 0) {
            return -Errno.EINVAL;
        }
        boolean copies = (flags & COPY) != 0;
        boolean waits = (flags & IpcCommands.IPC_NOWAIT) == 0;
        if (copies && ((flags & EXCEPT) != 0 || waits)) {
            return -Errno.EINVAL;
        }
        IpcTable<MessageQueue> queues = task.kernel().systemV().queues();
        MessageQueue queue = task.pending() instanceof Wait wait ? wait.queue : queues.byId(id);
        if (queue == null) {
            return queues.whyMissing(id);
        }
        if (queue.isRemoved()) {
            return -Errno.EIDRM;
        }
        if (!queue.allows(task, IpcObject.READ)) {
            return -Errno.EACCES;
        }
        Message message = copies ? queue.at(type) : queue.find(type, (flags & EXCEPT) != 0);
        if (message == null) {
            return waits ? sleep(task, queue) : -Errno.ENOMSG;
        }
        int size = message.text().length;
        if (size > length && (flags & NOERROR) == 0) {
            return -Errno.E2BIG;
        }
        int copied = (int) Math.min(size, length);
        UserMemory memory = task.memory();
        memory.writeLong(address, message.type());
        memory.write(address + 8, message.text(), 0, copied);
        if (!copies) {
            queue.take(task, message);
        }
        return copied;
    }

    private static long msgctl(Task task, long id, long command, long address) {
        IpcTable<MessageQueue> queues = task.kernel().systemV().queues();
        int what = (int) command;
        if ((int) id < 0 || what < 0) {
            return -Errno.EINVAL;
        }
        if (what == IpcCommands.IPC_INFO || what == MSG_INFO) {
            return writeLimits(task.memory(), address, queues, what == MSG_INFO);
        }
        boolean bySlot = what == MSG_STAT || what == MSG_STAT_ANY;
        MessageQueue queue = bySlot ? queues.inSlot(id) : queues.byId(id);
        if (queue == null) {
            return bySlot ? -Errno.EINVAL : queues.whyMissing(id);
        }
        return switch (what) {
            case IpcCommands.IPC_STAT, MSG_STAT, MSG_STAT_ANY -> {
                if (what != MSG_STAT_ANY && !queue.allows(task, IpcObject.READ)) {
                    yield -Errno.EACCES;
                }
                queue.write(task.memory(), address);
                yield bySlot ? queue.id() : 0;
            }
            case IpcCommands.IPC_SET -> set(task, queue, address);
            case IpcCommands.IPC_RMID -> {
                if (!queue.isOwnedBy(task)) {
                    yield -Errno.EPERM;
                }
                queue.remove(task);
                yield 0;
            }
            default -> -Errno.EINVAL;
        };
    }

    private static long set(Task task, MessageQueue queue, long address) {
        long capacity = task.memory().readLong(address + 88);
        boolean raises = Long.compareUnsigned(capacity, SystemV.MSGMNB) > 0;
        if (!queue.isOwnedBy(task)
                || (raises && !task.credentials().has(Credentials.CAP_SYS_RESOURCE))) {
            return -Errno.EPERM;
        }
        queue.setPermissions(task, address);
        queue.capacity(capacity);
        return 0;
    }

    /** {@code struct msginfo}; with {@code inUse} three of its fields tell what there is. */
    private static long writeLimits(
            UserMemory memory, long address, IpcTable<MessageQueue> queues, boolean inUse) {
        long bytes = 0;
        int messages = 0;
        for (MessageQueue queue : queues.all()) {
            bytes += queue.bytes();
            messages += queue.messageCount();
        }
        int pool = (int) ((long) SystemV.MSGMNI * SystemV.MSGMNB / 1024);
        int[] fields = {
            inUse ? queues.count() : pool,
            inUse ? messages : SystemV.MSGMNB,
            SystemV.MSGMAX,
            SystemV.MSGMNB,
            SystemV.MSGMNI,
            16,
            inUse ? (int) Math.min(bytes, Integer.MAX_VALUE) : SystemV.MSGMNB,
            0xFFFF
        };
        for (int i = 0; i < fields.length; i++) {
            memory.writeInt(address + 4L * i, fields[i]);
        }
        return queues.highestSlot();
    }
}
