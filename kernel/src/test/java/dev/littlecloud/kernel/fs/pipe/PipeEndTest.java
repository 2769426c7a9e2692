package dev.littlecloud.kernel.fs.pipe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.io.KernelIo;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.testing.ImageTree;
import dev.littlecloud.kernel.testing.TestInstance;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** pipe(7). */
class PipeEndTest {
    private final Task task = new TestInstance(new ImageTree(), 4 << 20).task();
    private final Frames frames = task.kernel().frames();
    private final Pipe pipe = new PipeInode(frames, 0, 0, 0).pipe();
    private final PipeEnd reader =
            new PipeEnd(OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, null, pipe);
    private final PipeEnd writer =
            new PipeEnd(OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK, null, pipe);

    private long write(int length) {
        return writer.write(task, new KernelIo(new byte[length]), OpenFile.AT_OFFSET);
    }

    private long read(int length) {
        return reader.read(task, new KernelIo(new byte[length]), OpenFile.AT_OFFSET);
    }

    @Test
    void smallWritesAreAllOrNothing() {
        assertThat(write(65536 - 100)).isEqualTo(65536 - 100);
        assertThat(write(101)).isEqualTo(-Errno.EAGAIN);
        assertThat(write(100)).isEqualTo(100);
        assertThat(write(1)).isEqualTo(-Errno.EAGAIN);
        assertThat(read(10)).isEqualTo(10);
        assertThat(write(4097)).isEqualTo(10);
    }

    @Test
    void bytesComeOutInOrder() {
        Random random = new Random(2);
        byte next = 0;
        byte expected = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] out = new byte[1 + random.nextInt(9000)];
            for (int j = 0; j < out.length; j++) {
                out[j] = (byte) (next + j);
            }
            long written = writer.write(task, new KernelIo(out), OpenFile.AT_OFFSET);
            next += (byte) Math.max(written, 0);
            byte[] in = new byte[1 + random.nextInt(9000)];
            long read = reader.read(task, new KernelIo(in), OpenFile.AT_OFFSET);
            for (int j = 0; j < read; j++) {
                assertThat(in[j]).isEqualTo(expected++);
            }
        }
    }

    @Test
    void endsAreToldWhenTheOtherOneGoes() {
        assertThat(reader.poll()).isZero();
        assertThat(read(1)).isEqualTo(-Errno.EAGAIN);
        write(1);
        writer.release();
        assertThat(reader.poll()).isEqualTo(PollEvents.READABLE | PollEvents.HUP);
        assertThat(read(5)).isEqualTo(1);
        assertThat(read(5)).isZero();
    }

    @Test
    void writingWithoutReadersIsEpipe() {
        reader.release();
        assertThat(writer.poll() & PollEvents.ERR).isNotZero();
        assertThat(write(1)).isEqualTo(-Errno.EPIPE);
        assertThat(task.signals().pendingMask()).isEqualTo(1L << 12);
    }

    @Test
    void packetsKeepTheirBounds() {
        writer.flags(writer.flags() | OpenFlags.O_DIRECT);
        write(10);
        write(20);
        assertThat(read(100)).isEqualTo(10);
        // What does not fit is thrown away.
        assertThat(read(5)).isEqualTo(5);
        assertThat(read(5)).isEqualTo(-Errno.EAGAIN);
    }

    @Test
    void blockedWriteGoesOnWhereItStopped() {
        writer.flags(writer.flags() & ~OpenFlags.O_NONBLOCK);
        KernelIo buffer = new KernelIo(new byte[100_000]);
        assertThat(writer.write(task, buffer, OpenFile.AT_OFFSET)).isEqualTo(Task.BLOCK);
        assertThat(task.progress()).isEqualTo(65536);
        assertThat(read(65536)).isEqualTo(65536);
        buffer.reset(100_000);
        assertThat(writer.write(task, buffer, OpenFile.AT_OFFSET)).isEqualTo(100_000);
        assertThat(read(100_000)).isEqualTo(100_000 - 65536);
    }

    @Test
    void bytesInPipesAreChargedToTheInstance() {
        long before = frames.charged();
        List<PipeEnd> ends = new ArrayList<>();
        long written = 0;
        while (written >= 0) {
            Pipe next = new PipeInode(frames, 0, 0, 0).pipe();
            ends.add(new PipeEnd(OpenFlags.O_RDONLY, null, next));
            PipeEnd in = new PipeEnd(OpenFlags.O_WRONLY | OpenFlags.O_NONBLOCK, null, next);
            ends.add(in);
            written = in.write(task, new KernelIo(new byte[65536]), OpenFile.AT_OFFSET);
        }
        assertThat(written).isEqualTo(-Errno.ENOMEM);
        ends.forEach(OpenFile::release);
        assertThat(frames.charged()).isEqualTo(before);
    }

    @Test
    void capacityCanChange() {
        assertThat(pipe.resize(4097)).isEqualTo(8192);
        write(8192);
        assertThat(pipe.resize(4096)).isEqualTo(-Errno.EBUSY);
        assertThat(pipe.resize(2L * Pipe.MAX_CAPACITY)).isEqualTo(-Errno.EPERM);
    }
}
