package dev.littlecloud.kernel.fs.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.io.KernelIo;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.testing.ImageTree;
import dev.littlecloud.kernel.testing.TestInstance;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes out of an instance, and when. */
@Timeout(120)
class HostPipeTest {
    private final Task task = new TestInstance(new ImageTree(), 4 << 20).task();
    private final Kernel kernel = task.kernel();
    private final HostPipe pipe;
    private final PipeEnd guest;
    private final byte[] bytes = new byte[1 << 17];

    HostPipeTest() {
        kernel.lock().lock();
        try {
            pipe = HostPipe.output(kernel);
            guest = pipe.guestEnd();
        } finally {
            kernel.lock().unlock();
        }
    }

    private long write(byte[] written) {
        kernel.lock().lock();
        try {
            return guest.write(task, new KernelIo(written), OpenFile.AT_OFFSET);
        } finally {
            kernel.lock().unlock();
        }
    }

    private void write(String text) {
        byte[] written = text.getBytes(StandardCharsets.UTF_8);
        assertThat(write(written)).isEqualTo(written.length);
    }

    private String read() throws InterruptedException {
        int count = pipe.read(bytes);
        return count < 0 ? "end" : new String(bytes, 0, count, StandardCharsets.UTF_8);
    }

    @Test
    void nothingIsLostOrOutOfOrderHoweverFastItComes() throws InterruptedException {
        int lines = 20_000;
        Thread writer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    for (int line = 0; line < lines; ) {
                                        line += write(new byte[] {(byte) line}) == 1 ? 1 : 0;
                                    }
                                });
        int seen = 0;
        while (seen < lines) {
            int count = pipe.read(bytes);
            for (int i = 0; i < count; i++) {
                assertThat(bytes[i]).isEqualTo((byte) (seen + i));
            }
            seen += count;
        }
        writer.join();
    }

    @Test
    void whoWroteTheLastByteIsNotWaitedFor() throws InterruptedException {
        write("one");
        assertThat(read()).isEqualTo("one");
        write("two");
        kernel.fromHost(guest::release);
        assertThat(read()).isEqualTo("two");
        assertThat(read()).isEqualTo("end");
    }

    @Test
    void aLineIsThereWithoutAnyAfterIt() throws InterruptedException {
        for (String line : new String[] {"one", "two", "three"}) {
            write(line);
            assertThat(read()).isEqualTo(line);
        }
    }

    @Test
    void theLastWordsAreTakenOnceWhileTheInstanceEnds() {
        List<String> taken = new ArrayList<>();
        AtomicReference<HostPipe> last = new AtomicReference<>();
        // Runs before the pipe hears of the end.
        kernel.atEnd(() -> taken.add(new String(last.get().takeAll(), StandardCharsets.UTF_8)));
        kernel.lock().lock();
        try {
            last.set(HostPipe.output(kernel));
            KernelIo words = new KernelIo("last words".getBytes(StandardCharsets.UTF_8));
            last.get().guestEnd().write(task, words, OpenFile.AT_OFFSET);
            kernel.initEnded(0);
        } finally {
            kernel.lock().unlock();
        }
        assertThat(taken).containsExactly("last words");
        assertThat(last.get().isEmpty()).isTrue();
    }
}
