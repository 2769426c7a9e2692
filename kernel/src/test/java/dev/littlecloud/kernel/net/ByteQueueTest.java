package dev.littlecloud.kernel.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.io.KernelIo;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.testing.PlainMemory;
import org.junit.jupiter.api.Test;

class ByteQueueTest {
    private static final int LIMIT = 8 * Chunk.SIZE;

    private final SocketMemory memory =
            new SocketMemory(LIMIT, new Frames(new PlainMemory(128 << 20)));
    private final ByteQueue queue = new ByteQueue(memory);

    private static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + i / 251);
        }
        return bytes;
    }

    private long append(byte[] bytes) {
        return queue.append(new KernelIo(bytes), bytes.length);
    }

    private byte[] take(int length) {
        byte[] taken = new byte[length];
        queue.take(new KernelIo(taken), length);
        return taken;
    }

    @Test
    void keepsBytesInOrderOverChunks() {
        byte[] sent = pattern(3 * Chunk.SIZE + 17);
        assertThat(append(sent)).isEqualTo(sent.length);
        byte[] received = new byte[sent.length];
        for (int at = 0; at < sent.length; at += 1000) {
            byte[] part = take(Math.min(1000, sent.length - at));
            System.arraycopy(part, 0, received, at, part.length);
        }
        assertThat(received).isEqualTo(sent);
        assertThat(queue.size()).isZero();
    }

    @Test
    void holdsNoMemoryWhenEmpty() {
        append(pattern(2 * Chunk.SIZE));
        take(2 * Chunk.SIZE);
        assertThat(memory.used()).isZero();
    }

    @Test
    void takesFewerBytesWhereTheMemoryIsUsedUp() {
        assertThat(append(pattern(LIMIT + 5))).isEqualTo(LIMIT);
        assertThat(append(pattern(1))).isZero();
        take(Chunk.SIZE);
        assertThat(append(pattern(5))).isEqualTo(5);
    }

    @Test
    void peeksFromThereOnAndKeeps() {
        byte[] sent = pattern(2 * Chunk.SIZE);
        append(sent);
        byte[] seen = new byte[100];
        queue.peek(new KernelIo(seen), Chunk.SIZE - 50, 100);
        for (int i = 0; i < 100; i++) {
            assertThat(seen[i]).isEqualTo(sent[Chunk.SIZE - 50 + i]);
        }
        assertThat(take(sent.length)).isEqualTo(sent);
    }

    @Test
    void truncatesWhatWasAppendedLast() {
        byte[] sent = pattern(2 * Chunk.SIZE);
        append(sent);
        queue.truncate(10);
        assertThat(queue.size()).isEqualTo(10);
        assertThat(memory.used()).isEqualTo(Chunk.SIZE);
        append(new byte[] {1, 2, 3});
        byte[] all = take(13);
        assertThat(all).startsWith(java.util.Arrays.copyOf(sent, 10)).endsWith(1, 2, 3);
        queue.truncate(0);
        assertThat(memory.used()).isZero();
    }
}
