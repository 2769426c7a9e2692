package dev.littlecloud.kernel.tty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.io.KernelIo;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteQueueTest {
    private static final int CAPACITY = 1000;

    @Test
    void keepsBytesInOrderAndWithinItsCapacity() {
        Random random = new Random(7);
        ByteQueue queue = new ByteQueue(CAPACITY);
        ArrayDeque<Byte> model = new ArrayDeque<>();
        byte[] bytes = new byte[2 * CAPACITY];
        for (int i = 0; i < 20_000; i++) {
            int count = random.nextInt(random.nextInt(1, 2 * CAPACITY));
            switch (random.nextInt(4)) {
                case 0 -> {
                    random.nextBytes(bytes);
                    int added = queue.add(bytes, 0, count);
                    assertThat(added).isEqualTo(Math.min(count, CAPACITY - model.size()));
                    for (int j = 0; j < added; j++) {
                        model.add(bytes[j]);
                    }
                }
                case 1 -> {
                    int taken = queue.take(bytes, 0, count);
                    assertThat(taken).isEqualTo(Math.min(count, model.size()));
                    for (int j = 0; j < taken; j++) {
                        assertThat(bytes[j]).isEqualTo(model.remove());
                    }
                }
                case 2 -> {
                    KernelIo target = new KernelIo(bytes);
                    target.reset(count);
                    int taken = queue.take(target);
                    assertThat(taken).isEqualTo(Math.min(count, model.size()));
                    for (int j = 0; j < taken; j++) {
                        assertThat(bytes[j]).isEqualTo(model.remove());
                    }
                }
                default -> {
                    queue.truncate(count);
                    while (model.size() > count) {
                        model.removeLast();
                    }
                }
            }
            assertThat(queue.size()).isEqualTo(model.size());
            assertThat(queue.room()).isEqualTo(CAPACITY - model.size());
        }
    }
}
