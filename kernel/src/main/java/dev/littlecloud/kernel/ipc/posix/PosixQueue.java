package dev.littlecloud.kernel.ipc.posix;

import dev.littlecloud.kernel.fs.AnonymousInode;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.SignalSending;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message queue: messages in order of their priorities, the oldest first among equals. */
public final class PosixQueue {
    /** Java objects of one message besides its text. */
    private static final long MESSAGE_CHARGE = 64;

    /** A message with its priority. */
    public record Message(int priority, byte[] text) {}

    /**
     * Who is told of a message that comes into an empty queue; mq_notify(3).
     *
     * @param signal 0 for none (SIGEV_NONE)
     */
    public record Notification(ThreadGroup process, int signal, long value) {}

    private final String name;
    private final Inode inode;
    private final int ownerUid;
    private final int capacity;
    private final int messageSize;
    private final List<Message> messages = new ArrayList<>();
    private final WaitQueue events = new WaitQueue();
    private int waitingReceivers;
    private long bytes;
    private @Nullable Notification notification;
    private int users;
    private boolean unlinked;

    PosixQueue(String name, Credentials owner, int mode, int capacity, int messageSize) {
        this.name = name;
        this.inode = new AnonymousInode(Inode.S_IFREG | mode, owner.fsuid(), owner.fsgid());
        this.ownerUid = owner.uid();
        this.capacity = capacity;
        this.messageSize = messageSize;
    }

    /** Bytes that a queue can take, charged when it is made. */
    static long charge(long capacity, long messageSize) {
        return capacity * (messageSize + MESSAGE_CHARGE);
    }

    long charge() {
        return charge(capacity, messageSize);
    }

    /** Whose limit it counts for. */
    int ownerUid() {
        return ownerUid;
    }

    public String name() {
        return name;
    }

    public Inode inode() {
        return inode;
    }

    /** Most messages in it. */
    public int capacity() {
        return capacity;
    }

    /** Most bytes of a message. */
    public int messageSize() {
        return messageSize;
    }

    public int count() {
        return messages.size();
    }

    public boolean isFull() {
        return messages.size() >= capacity;
    }

    /** Woken with the poll events that a message that comes or goes makes true. */
    public WaitQueue events() {
        return events;
    }

    public int poll() {
        int ready = messages.isEmpty() ? 0 : PollEvents.READABLE;
        return ready | (isFull() ? 0 : PollEvents.WRITABLE);
    }

    public void receiverWaits(boolean begins) {
        waitingReceivers += begins ? 1 : -1;
    }

    public void send(Task sender, Message message) {
        int at = messages.size();
        while (at > 0 && messages.get(at - 1).priority < message.priority) {
            at--;
        }
        messages.add(at, message);
        bytes += message.text.length;
        if (messages.size() == 1 && waitingReceivers == 0) {
            tell(sender);
        }
        events.wake(PollEvents.READABLE);
    }

    private void tell(Task sender) {
        Notification to = notification;
        notification = null;
        if (to != null && to.signal != 0) {
            SignalSending.toProcess(
                    to.process,
                    SigInfo.queued(
                            to.signal,
                            SigInfo.SI_MESGQ,
                            sender.group().pid(),
                            sender.credentials().uid(),
                            to.value));
        }
    }

    /** Takes the first message; null where there is none. */
    public @Nullable Message receive() {
        if (messages.isEmpty()) {
            return null;
        }
        Message first = messages.removeFirst();
        bytes -= first.text.length;
        events.wake(PollEvents.WRITABLE);
        return first;
    }

    public @Nullable Notification notification() {
        Notification known = notification;
        return known == null || known.process.isZombie() ? null : known;
    }

    public void notification(@Nullable Notification registered) {
        notification = registered;
    }

    /** What reading the descriptor shows; mq_overview(7). */
    String status() {
        Notification known = notification();
        return "QSIZE:%-10d NOTIFY:%-5d SIGNO:%-5d NOTIFY_PID:%-6d\n"
                .formatted(
                        bytes,
                        0,
                        known == null ? 0 : known.signal,
                        known == null ? 0 : known.process.pid());
    }

    void opened() {
        users++;
    }

    /** One open file less; whether the queue is gone with it. */
    boolean closed() {
        users--;
        return users == 0 && unlinked;
    }

    /** Its name is gone; whether the queue is gone with it. */
    boolean unlink() {
        unlinked = true;
        return users == 0;
    }
}
