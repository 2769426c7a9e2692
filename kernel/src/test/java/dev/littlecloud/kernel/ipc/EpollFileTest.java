package dev.littlecloud.kernel.ipc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.AnonymousInode;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.WaitQueue;
import dev.littlecloud.kernel.task.Waiter;
import dev.littlecloud.kernel.testing.PlainMemory;
import org.junit.jupiter.api.Test;

class EpollFileTest {
    private static final int IN = PollEvents.IN;
    private static final int ET = EpollItem.EPOLLET;
    private static final int ONESHOT = EpollItem.EPOLLONESHOT;

    /** A file whose readiness the test decides. */
    private static final class Source extends OpenFile {
        final WaitQueue queue = new WaitQueue();
        int ready;

        Source() {
            super(0);
        }

        void happen(int events) {
            ready |= events;
            queue.wake(events);
        }

        @Override
        public int poll() {
            return ready;
        }

        @Override
        public WaitQueue waitQueue() {
            return queue;
        }

        @Override
        protected void close() {}

        @Override
        public Inode inode() {
            return AnonymousInode.INSTANCE;
        }

        @Override
        public String description() {
            return "test";
        }
    }

    private final Frames frames = new Frames(new PlainMemory(16 << 20));
    private final EpollFile epoll = new EpollFile(frames);
    private final EventArray events = new EventArray();
    private final Source source = new Source();

    private void add(int fd, Source target, int wanted) {
        assertThat(epoll.add(fd, target, target.queue, wanted, fd)).isZero();
    }

    private int collect() {
        return epoll.collect(events, 0, EventArray.CAPACITY);
    }

    @Test
    void levelTriggeredRepeatsWhileItHolds() {
        add(3, source, IN);
        assertThat(collect()).isZero();
        source.happen(IN);
        assertThat(collect()).isEqualTo(1);
        assertThat(events.events(0)).isEqualTo(IN);
        assertThat(events.data(0)).isEqualTo(3);
        assertThat(collect()).isEqualTo(1);
        source.ready = 0;
        assertThat(collect()).isZero();
    }

    @Test
    void edgeTriggeredTellsEachArrivalOnce() {
        source.ready = IN;
        add(3, source, IN | ET);
        assertThat(collect()).isEqualTo(1);
        assertThat(collect()).isZero();
        source.happen(IN);
        assertThat(collect()).isEqualTo(1);
        assertThat(collect()).isZero();
    }

    @Test
    void oneShotStaysQuietUntilModified() {
        add(3, source, IN | ONESHOT);
        source.happen(IN);
        assertThat(collect()).isEqualTo(1);
        source.happen(IN);
        assertThat(collect()).isZero();
        assertThat(epoll.modify(3, source, IN | ONESHOT, 9)).isZero();
        assertThat(collect()).isEqualTo(1);
        assertThat(events.data(0)).isEqualTo(9);
    }

    @Test
    void errorsAndHangUpsComeUnasked() {
        add(3, source, 0);
        source.happen(PollEvents.HUP);
        assertThat(collect()).isEqualTo(1);
        assertThat(events.events(0)).isEqualTo(PollEvents.HUP);
    }

    @Test
    void readyOnesTakeTurns() {
        for (int fd = 0; fd < 5; fd++) {
            Source one = new Source();
            one.ready = IN;
            add(fd, one, IN);
        }
        boolean[] seen = new boolean[5];
        for (int round = 0; round < 3; round++) {
            assertThat(epoll.collect(events, 0, 2)).isEqualTo(2);
            seen[(int) events.data(0)] = true;
            seen[(int) events.data(1)] = true;
        }
        assertThat(seen).containsOnly(true);
    }

    @Test
    void keysInterestsByDescriptorAndFile() {
        add(3, source, IN);
        assertThat(epoll.add(3, source, source.queue, IN, 0)).isEqualTo(-Errno.EEXIST);
        add(4, source, IN);
        source.happen(IN);
        assertThat(collect()).isEqualTo(2);
        assertThat(epoll.delete(3, source)).isZero();
        assertThat(epoll.delete(3, source)).isEqualTo(-Errno.ENOENT);
        assertThat(epoll.modify(3, source, IN, 0)).isEqualTo(-Errno.ENOENT);
        assertThat(collect()).isEqualTo(1);
    }

    @Test
    void forgetsAFileWithItsLastReference() {
        add(3, source, IN);
        source.happen(IN);
        source.retain();
        source.release();
        assertThat(collect()).isEqualTo(1);
        source.release();
        assertThat(collect()).isZero();
        assertThat(source.queue.isEmpty()).isTrue();
    }

    @Test
    void closingLeavesNothingBehind() {
        add(3, source, IN);
        epoll.release();
        assertThat(source.queue.isEmpty()).isTrue();
    }

    @Test
    void nestsUpToALimitAndNotInCircles() {
        EpollFile inner = epoll;
        add(3, source, IN);
        for (int depth = 1; depth <= 4; depth++) {
            EpollFile outer = new EpollFile(frames);
            assertThat(outer.add(3, inner, inner.waitQueue(), IN, depth)).isZero();
            inner = outer;
        }
        assertThat(epoll.add(5, inner, inner.waitQueue(), IN, 0)).isEqualTo(-Errno.ELOOP);
        assertThat(new EpollFile(frames).add(3, inner, inner.waitQueue(), IN, 0))
                .isEqualTo(-Errno.ELOOP);
        source.happen(IN);
        assertThat(inner.poll()).isEqualTo(PollEvents.READABLE);
        source.ready = 0;
        assertThat(inner.poll()).isZero();
    }

    @Test
    void exclusiveInterestsHaveTheirRules() {
        int exclusive = EpollItem.EPOLLEXCLUSIVE;
        assertThat(epoll.add(3, source, source.queue, IN | exclusive | ONESHOT, 0))
                .isEqualTo(-Errno.EINVAL);
        assertThat(epoll.add(3, source, source.queue, IN | exclusive, 0)).isZero();
        assertThat(epoll.modify(3, source, IN, 0)).isEqualTo(-Errno.EINVAL);
    }

    /** Somebody who sleeps in epoll_wait until woken. */
    private static final class Sleeper extends Waiter {
        boolean sleeps = true;

        @Override
        protected boolean woken(int events) {
            boolean slept = sleeps;
            sleeps = false;
            return slept;
        }
    }

    private Sleeper exclusiveWorker(EpollFile worker) {
        assertThat(worker.add(3, source, source.queue, IN | EpollItem.EPOLLEXCLUSIVE, 0)).isZero();
        Sleeper sleeper = new Sleeper();
        worker.waitQueue().add(sleeper);
        return sleeper;
    }

    @Test
    void exclusiveWakeUpsGoToOneWorkerThatSleeps() {
        Sleeper first = exclusiveWorker(epoll);
        Sleeper second = exclusiveWorker(new EpollFile(frames));
        source.happen(IN);
        assertThat(first.sleeps).isFalse();
        assertThat(second.sleeps).isTrue();
        source.happen(IN);
        assertThat(second.sleeps).isFalse();
    }

    @Test
    void handsOnWhatAnEndingWorkerDidNotFetch() {
        Sleeper first = exclusiveWorker(epoll);
        Sleeper second = exclusiveWorker(new EpollFile(frames));
        source.happen(IN);
        assertThat(first.sleeps).isFalse();
        epoll.release();
        assertThat(second.sleeps).isFalse();
    }

    @Test
    void handsOnWhatAWorkerThatStopsListeningDidNotFetch() {
        exclusiveWorker(epoll);
        Sleeper second = exclusiveWorker(new EpollFile(frames));
        source.happen(IN);
        assertThat(epoll.delete(3, source)).isZero();
        assertThat(second.sleeps).isFalse();
    }

    @Test
    void whatWasFetchedIsNotHandedOn() {
        exclusiveWorker(epoll);
        Sleeper second = exclusiveWorker(new EpollFile(frames));
        source.happen(IN);
        source.ready = 0;
        epoll.release();
        assertThat(second.sleeps).isTrue();
    }
}
