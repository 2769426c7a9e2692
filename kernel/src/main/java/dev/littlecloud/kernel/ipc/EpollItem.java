package dev.littlecloud.kernel.ipc;

import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Waiter;
import org.jspecify.annotations.Nullable;

/** One interest of an epoll: a descriptor as it was when it was added, with its open file. */
final class EpollItem extends Waiter implements OpenFile.CloseListener {
    static final int EPOLLEXCLUSIVE = 1 << 28;
    static final int EPOLLWAKEUP = 1 << 29;
    static final int EPOLLONESHOT = 1 << 30;
    static final int EPOLLET = 1 << 31;
    private static final int FLAGS = EPOLLEXCLUSIVE | EPOLLWAKEUP | EPOLLONESHOT | EPOLLET;

    final EpollFile epoll;
    final int fd;
    final OpenFile file;

    /** The next item in the same chain of the epoll's table. */
    @Nullable EpollItem nextInChain;

    // The ready list.
    boolean isReady;
    @Nullable EpollItem previousReady;
    @Nullable EpollItem nextReady;

    private int events;
    private long data;

    /** EPOLLONESHOT was used up; epoll_ctl(EPOLL_CTL_MOD) arms it again. */
    private boolean spent;

    EpollItem(EpollFile epoll, int fd, OpenFile file) {
        this.epoll = epoll;
        this.fd = fd;
        this.file = file;
    }

    void listen(int newEvents, long newData) {
        events = newEvents & ~EPOLLWAKEUP;
        data = newData;
        spent = false;
        interest = wanted();
        exclusive = (newEvents & EPOLLEXCLUSIVE) != 0;
    }

    private int wanted() {
        return (events & ~FLAGS) | PollEvents.ERR | PollEvents.HUP;
    }

    boolean has(int flag) {
        return (events & flag) != 0;
    }

    long data() {
        return data;
    }

    /** Poll events to report now. */
    int poll() {
        return spent ? 0 : file.poll() & wanted();
    }

    void spend() {
        spent = true;
    }

    @Override
    protected boolean woken(int happened) {
        return !spent && epoll.itemWoken(this);
    }

    @Override
    public void fileClosing() {
        epoll.remove(this);
    }
}
