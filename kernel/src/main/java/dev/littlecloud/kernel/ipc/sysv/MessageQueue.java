package dev.littlecloud.kernel.ipc.sysv;

import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message queue; msgget(2). */
public final class MessageQueue extends IpcObject {
    /** Bytes of {@code struct msqid64_ds}. */
    public static final int BYTES = 120;

    /** Java objects of a queue and of a message besides its text, charged to the instance. */
    public static final long CHARGE = 512;

    private static final long MESSAGE_CHARGE = 64;

    /** A message: a type above zero, and its text. */
    public record Message(long type, byte[] text) {
        public long charge() {
            return MESSAGE_CHARGE + text.length;
        }
    }

    private final List<Message> messages = new ArrayList<>();
    private final WaitQueue changes = new WaitQueue();
    private long capacity = SystemV.MSGMNB;
    private long bytes;
    private int senderPid;
    private int receiverPid;
    private long sentAt;
    private long receivedAt;

    public MessageQueue(Task creator, int key, long flags) {
        super(creator, key, flags);
    }

    /** Woken when messages come or go, and when the queue is removed. */
    public WaitQueue changes() {
        return changes;
    }

    public int messageCount() {
        return messages.size();
    }

    public long bytes() {
        return bytes;
    }

    /** Most bytes in the queue. */
    public long capacity() {
        return capacity;
    }

    public void capacity(long limit) {
        capacity = limit;
        changes.wakeAll();
    }

    /** msgsnd(2): "the number of messages" is bounded by the same number as the bytes. */
    public boolean hasRoom(int length) {
        return bytes + length <= capacity && messages.size() + 1 <= capacity;
    }

    public void send(Task task, Message message) {
        messages.add(message);
        bytes += message.text.length;
        senderPid = task.group().pid();
        sentAt = seconds(task);
        changes.wakeAll();
    }

    /** A message by its place, for MSG_COPY; null behind the end. */
    public @Nullable Message at(long index) {
        return index >= 0 && index < messages.size() ? messages.get((int) index) : null;
    }

    /**
     * The message that msgrcv(2) would take: the first at all, of a type, of any other type, or of
     * the lowest type up to a negative one's absolute value. Null where there is none.
     */
    public @Nullable Message find(long type, boolean exceptType) {
        Message best = null;
        for (Message each : messages) {
            if (type == 0 || (type > 0 && (each.type == type) != exceptType)) {
                return each;
            }
            if (type < 0
                    && each.type <= (type == Long.MIN_VALUE ? Long.MAX_VALUE : -type)
                    && (best == null || each.type < best.type)) {
                best = each;
            }
        }
        return best;
    }

    public void take(Task task, Message message) {
        messages.remove(message);
        bytes -= message.text.length;
        receiverPid = task.group().pid();
        receivedAt = seconds(task);
        task.kernel().frames().uncharge(message.charge());
        changes.wakeAll();
    }

    /** IPC_RMID: whoever waits gets EIDRM. */
    public void remove(Task task) {
        task.kernel().systemV().queues().remove(this);
        for (Message each : messages) {
            task.kernel().frames().uncharge(each.charge());
        }
        messages.clear();
        task.kernel().frames().uncharge(CHARGE);
        changes.wakeAll();
    }

    @Override
    public String describe() {
        return describeIdentity()
                + "  %10d %10d %5d %5d".formatted(bytes, messages.size(), senderPid, receiverPid)
                + describeOwners()
                + " %10d %10d %10d%n".formatted(sentAt, receivedAt, changedAt());
    }

    /** Writes {@code struct msqid64_ds}. */
    public void write(UserMemory to, long address) {
        to.writeZeros(address, BYTES);
        writePermissions(to, address);
        to.writeLong(address + 48, sentAt);
        to.writeLong(address + 56, receivedAt);
        to.writeLong(address + 64, changedAt());
        to.writeLong(address + 72, bytes);
        to.writeLong(address + 80, messages.size());
        to.writeLong(address + 88, capacity);
        to.writeInt(address + 96, senderPid);
        to.writeInt(address + 100, receiverPid);
    }
}
