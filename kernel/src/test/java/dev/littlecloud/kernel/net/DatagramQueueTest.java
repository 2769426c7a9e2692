package dev.littlecloud.kernel.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.io.KernelIo;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.testing.PlainMemory;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class DatagramQueueTest {
    private final SocketMemory memory =
            new SocketMemory(1 << 20, new Frames(new PlainMemory(128 << 20)));
    private final DatagramQueue queue = new DatagramQueue(memory);

    private void add(int value, int length) {
        byte[] bytes = new byte[length];
        java.util.Arrays.fill(bytes, (byte) value);
        assertThat(queue.add(new KernelIo(bytes), length, new NetlinkAddress(value, 0), null))
                .isTrue();
    }

    private void expect(int value, int length) {
        assertThat(queue.firstLength()).isEqualTo(length);
        assertThat(queue.firstSource()).isEqualTo(new NetlinkAddress(value, 0));
        byte[] bytes = new byte[length];
        assertThat(queue.copyFirst(new KernelIo(bytes))).isEqualTo(length);
        assertThat(bytes).containsOnly(value);
        queue.removeFirst();
    }

    @Test
    void keepsBoundariesAndSourcesWhileItGrowsAndWraps() {
        int next = 0;
        int expected = 0;
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i <= round; i++) {
                add(next % 100, 1 + next % 7);
                next++;
            }
            for (int i = 0; i < round; i++) {
                expect(expected % 100, 1 + expected % 7);
                expected++;
            }
        }
        assertThat(queue.count()).isEqualTo(next - expected);
    }

    @Test
    void cutsAMessageToTheReadersBuffer() {
        add(7, 100);
        add(8, 1);
        assertThat(queue.copyFirst(new KernelIo(new byte[10]))).isEqualTo(10);
        queue.removeFirst();
        expect(8, 1);
    }

    @Test
    void chargesSmallMessagesForTheirOverhead() {
        int messages = 0;
        while (queue.hasRoom(10, SocketOptions.DEFAULT_BUFFER)) {
            add(1, 10);
            messages++;
        }
        // As many as Linux takes, net.core.rmem_default / 768.
        assertThat(messages).isEqualTo(277);
    }

    @Test
    void takesAMessageWholeOrNotAtAll() {
        add(1, 10);
        IoBuffer failing = new FailingBuffer(Chunk.SIZE + 100);
        assertThatThrownBy(() -> queue.add(failing, Chunk.SIZE * 2, null, null))
                .isInstanceOf(IllegalStateException.class);
        assertThat(failing.position()).isZero();
        add(2, 10);
        expect(1, 10);
        expect(2, 10);
    }

    /** Gives some bytes and then fails, as a guest's buffer does at a bad page. */
    private static final class FailingBuffer implements IoBuffer {
        private final long good;
        private long position;

        FailingBuffer(long good) {
            this.good = good;
        }

        @Override
        public long remaining() {
            return Long.MAX_VALUE;
        }

        @Override
        public void put(MemorySegment source, long offset, long length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void get(MemorySegment target, long offset, long length) {
            if (position + length > good) {
                throw new IllegalStateException("bad page");
            }
            position += length;
        }

        @Override
        public void putZeros(long length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void position(long newPosition) {
            position = newPosition;
        }
    }
}
