package dev.littlecloud.kernel.ipc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.AnonymousInode;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Restart;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.WaitQueue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An epoll instance: epoll(7). Interests that something happened to stand in a ready list, so that a
 * wait costs what there is to report, not what is registered. Guarded by the instance lock.
 */
public final class EpollFile extends OpenFile {
    /** Most epolls inside each other; EP_MAX_NESTS of Linux. */
    private static final int MAX_NESTING = 4;

    /**
     * Most ways from an epoll up to others through one, two and more: epolls that all watch each
     * other in layers would otherwise make a wake-up, and every look for loops, take for ever. After
     * path_limits of Linux.
     */
    private static final int[] MOST_WAYS = {1000, 500, 100, 50};

    /** What an item with EPOLLEXCLUSIVE may ask for; EPOLLEXCLUSIVE_OK_BITS. */
    private static final int EXCLUSIVE_EVENTS =
            PollEvents.IN
                    | PollEvents.OUT
                    | PollEvents.ERR
                    | PollEvents.HUP
                    | EpollItem.EPOLLWAKEUP
                    | EpollItem.EPOLLET
                    | EpollItem.EPOLLEXCLUSIVE;

    private static final int EVENT_BYTES = 12;

    /** Java objects of an interest, charged to the instance. */
    private static final int ITEM_BYTES = 128;

    /**
     * Most ways through epolls inside each other that one more may make; what an event wakes is
     * proportional to it. Linux allows 500 and more, by depth (path_limits).
     */
    private static final int MAX_PATHS = 1000;

    private final Frames frames;
    private final WaitQueue queue = new WaitQueue();
    private @Nullable EpollItem[] chains = new @Nullable EpollItem[16];

    /** Epolls that watch this one. */
    private final List<EpollFile> watchers = new ArrayList<>(0);

    private int count;
    private @Nullable EpollItem firstReady;
    private @Nullable EpollItem lastReady;

    public EpollFile(Frames frames) {
        super(OpenFlags.O_RDWR);
        this.frames = frames;
    }

    // ---- Interests.

    /** EPOLL_CTL_ADD: 0 or {@code -errno}. */
    public long add(int fd, OpenFile target, WaitQueue targetQueue, int events, long data) {
        if ((events & EpollItem.EPOLLEXCLUSIVE) != 0
                && ((events & ~EXCLUSIVE_EVENTS) != 0 || target instanceof EpollFile)) {
            return -Errno.EINVAL;
        }
        if (find(fd, target) != null) {
            return -Errno.EEXIST;
        }
        if (target instanceof EpollFile other) {
            steps = 0;
            if (reaches(other, this, 0) || nestingAbove(this, 0) + depth(other, 0) > MAX_NESTING) {
                return -Errno.ELOOP;
            }
            if (steps > MAX_PATHS) {
                return -Errno.EINVAL;
            }
        }
        if (!frames.charge(ITEM_BYTES)) {
            return -Errno.ENOMEM;
        }
        if (target instanceof EpollFile other) {
            other.watchers.add(this);
            if (!other.hasFewWays()) {
                other.watchers.remove(this);
                return -Errno.EINVAL;
            }
        }
        EpollItem item = new EpollItem(this, fd, target);
        item.listen(events, data);
        insert(item);
        target.addCloseListener(item);
        targetQueue.add(item);
        readyIfSo(item);
        return 0;
    }

    /** EPOLL_CTL_MOD: 0 or {@code -errno}. */
    public long modify(int fd, OpenFile target, int events, long data) {
        EpollItem item = find(fd, target);
        if (item == null) {
            return -Errno.ENOENT;
        }
        if (item.has(EpollItem.EPOLLEXCLUSIVE) || (events & EpollItem.EPOLLEXCLUSIVE) != 0) {
            return -Errno.EINVAL;
        }
        item.listen(events, data);
        readyIfSo(item);
        return 0;
    }

    /** EPOLL_CTL_DEL: 0 or {@code -errno}. */
    public long delete(int fd, OpenFile target) {
        EpollItem item = find(fd, target);
        if (item == null) {
            return -Errno.ENOENT;
        }
        leave(item);
        remove(item);
        return 0;
    }

    /**
     * Takes an item off its file's queue. What an exclusive one was woken for and nobody has fetched
     * is for the others: a worker that is killed before it accepts would take a connection along.
     */
    private static void leave(EpollItem item) {
        int left = item.isReady && item.has(EpollItem.EPOLLEXCLUSIVE) ? item.poll() : 0;
        if (left == 0) {
            item.unlink();
        } else {
            item.handOn(left);
        }
    }

    void remove(EpollItem item) {
        frames.uncharge(ITEM_BYTES);
        if (item.file instanceof EpollFile inner) {
            inner.watchers.remove(this);
        }
        item.unlink();
        item.file.removeCloseListener(item);
        unready(item);
        int chain = chain(item.fd);
        EpollItem before = chains[chain];
        if (before == item) {
            chains[chain] = item.nextInChain;
            count--;
            return;
        }
        while (before != null && before.nextInChain != item) {
            before = before.nextInChain;
        }
        if (before != null) {
            before.nextInChain = item.nextInChain;
            count--;
        }
    }

    private int chain(int fd) {
        return fd & chains.length - 1;
    }

    private @Nullable EpollItem find(int fd, OpenFile target) {
        EpollItem item = chains[chain(fd)];
        while (item != null && (item.fd != fd || item.file != target)) {
            item = item.nextInChain;
        }
        return item;
    }

    private void insert(EpollItem item) {
        if (++count > chains.length) {
            @Nullable EpollItem[] old = chains;
            chains = new @Nullable EpollItem[old.length * 2];
            for (EpollItem first : old) {
                for (EpollItem moved = first; moved != null; ) {
                    EpollItem next = moved.nextInChain;
                    link(moved);
                    moved = next;
                }
            }
        }
        link(item);
    }

    private void link(EpollItem item) {
        int chain = chain(item.fd);
        item.nextInChain = chains[chain];
        chains[chain] = item;
    }

    /** Epolls visited by the walks of one {@link #add}, which stop at {@link #MAX_PATHS}. */
    private int steps;

    private boolean maySearch(int level) {
        return level <= MAX_NESTING && ++steps <= MAX_PATHS;
    }

    /** Whether {@code wanted} is watched from an epoll, directly or through others. */
    private boolean reaches(EpollFile from, EpollFile wanted, int level) {
        if (from == wanted || level > MAX_NESTING) {
            return true;
        }
        if (!maySearch(level)) {
            return false;
        }
        for (EpollItem first : from.chains) {
            for (EpollItem item = first; item != null; item = item.nextInChain) {
                if (item.file instanceof EpollFile inner && reaches(inner, wanted, level + 1)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** How many epolls stand inside each other from one on, itself included. */
    private int depth(EpollFile from, int level) {
        int deepest = 1;
        if (!maySearch(level)) {
            return deepest;
        }
        for (EpollItem first : from.chains) {
            for (EpollItem item = first; item != null; item = item.nextInChain) {
                if (item.file instanceof EpollFile inner) {
                    deepest = Math.max(deepest, 1 + depth(inner, level + 1));
                }
            }
        }
        return deepest;
    }

    /** How many epolls watch one, each through the next. */
    private int nestingAbove(EpollFile from, int level) {
        int highest = 0;
        if (!maySearch(level)) {
            return highest;
        }
        for (EpollFile watcher : from.watchers) {
            highest = Math.max(highest, 1 + nestingAbove(watcher, level + 1));
        }
        return highest;
    }

    /** Whether what happens here, or in any epoll below, wakes no more epolls than it may. */
    private boolean hasFewWays() {
        if (!countWays(0, new int[MOST_WAYS.length])) {
            return false;
        }
        for (EpollItem first : chains) {
            for (EpollItem item = first; item != null; item = item.nextInChain) {
                if (item.file instanceof EpollFile inner && !inner.hasFewWays()) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Counts the ways up by their lengths, as far as they are few. */
    private boolean countWays(int level, int[] ways) {
        if (level == ways.length) {
            return true;
        }
        for (EpollFile watcher : watchers) {
            if (++ways[level] > MOST_WAYS[level] || !watcher.countWays(level + 1, ways)) {
                return false;
            }
        }
        return true;
    }

    // ---- The ready list.

    private void readyIfSo(EpollItem item) {
        if (item.poll() != 0) {
            itemWoken(item);
        }
    }

    /** Something happened to an item's file; whether it woke anybody. */
    boolean itemWoken(EpollItem item) {
        ready(item);
        return queue.wake(PollEvents.READABLE);
    }

    private void ready(EpollItem item) {
        if (item.isReady) {
            return;
        }
        item.isReady = true;
        item.previousReady = lastReady;
        item.nextReady = null;
        if (lastReady == null) {
            firstReady = item;
        } else {
            lastReady.nextReady = item;
        }
        lastReady = item;
    }

    private void unready(EpollItem item) {
        if (!item.isReady) {
            return;
        }
        item.isReady = false;
        if (item.previousReady == null) {
            firstReady = item.nextReady;
        } else {
            item.previousReady.nextReady = item.nextReady;
        }
        if (item.nextReady == null) {
            lastReady = item.previousReady;
        } else {
            item.nextReady.previousReady = item.previousReady;
        }
        item.previousReady = null;
        item.nextReady = null;
    }

    /**
     * Writes what is ready as {@code struct epoll_event}s.
     *
     * @return how many
     */
    public int collect(UserMemory memory, long target, int most) {
        int found = 0;
        // Level-triggered items go to the end of the list again, behind this one.
        EpollItem end = lastReady;
        EpollItem item = firstReady;
        while (item != null && found < most) {
            EpollItem next = item == end ? null : item.nextReady;
            int events = item.poll();
            if (events == 0) {
                unready(item);
            } else {
                long address = target + (long) found * EVENT_BYTES;
                memory.writeInt(address, events);
                memory.writeLong(address + 4, item.data());
                unready(item);
                if (item.has(EpollItem.EPOLLONESHOT)) {
                    item.spend();
                } else if (!item.has(EpollItem.EPOLLET)) {
                    ready(item);
                }
                found++;
            }
            item = next;
        }
        return found;
    }

    /** Waits until something is ready. */
    public long await(Task task) {
        task.waitOn(queue, PollEvents.READABLE, false);
        // signal(7): epoll_wait(2) is never restarted.
        return task.block(Restart.NEVER);
    }

    @Override
    public int poll() {
        for (EpollItem item = firstReady; item != null; ) {
            EpollItem next = item.nextReady;
            if (item.poll() != 0) {
                return PollEvents.READABLE;
            }
            unready(item);
            item = next;
        }
        return 0;
    }

    @Override
    public WaitQueue waitQueue() {
        return queue;
    }

    @Override
    protected void close() {
        for (EpollItem first : chains) {
            for (EpollItem item = first; item != null; ) {
                EpollItem next = item.nextInChain;
                if (item.file instanceof EpollFile inner) {
                    inner.watchers.remove(this);
                }
                leave(item);
                item.file.removeCloseListener(item);
                item = next;
            }
        }
        frames.uncharge((long) count * ITEM_BYTES);
        chains = new @Nullable EpollItem[1];
        count = 0;
        firstReady = null;
        lastReady = null;
    }

    @Override
    public Inode inode() {
        return AnonymousInode.INSTANCE;
    }

    @Override
    public String description() {
        return "anon_inode:[eventpoll]";
    }
}
