package dev.littlecloud.runtime.instance;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.pipe.HostPipe;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.WindowSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The first process's descriptors 0 to 2 as pipes to the caller's streams. */
final class StandardStreams implements GuestStreams {
    private static final int CHUNK = 64 << 10;
    private static final int MANY_DESCRIPTORS = 1024;

    private final HostPipe input;
    private final HostPipe output;
    private final HostPipe error;
    private final List<Thread> writers;
    private final AtomicReference<@Nullable Thread> reader = new AtomicReference<>();
    private final Stdio stdio;
    private final String id;

    /** Makes the pipes. The caller holds the instance lock. */
    StandardStreams(Kernel kernel, Stdio stdio, String id) {
        this.stdio = stdio;
        this.id = id;
        input = HostPipe.input(kernel);
        output = HostPipe.output(kernel);
        error = HostPipe.output(kernel);
        writers =
                List.of(
                        thread("stdout", () -> copyOut(output, stdio.output())),
                        thread("stderr", () -> copyOut(error, stdio.error())));
    }

    @Override
    public void attach(Task init) {
        FdTable files = init.files();
        files.install(input.guestEnd(), 0, false, MANY_DESCRIPTORS);
        files.install(output.guestEnd(), 1, false, MANY_DESCRIPTORS);
        files.install(error.guestEnd(), 2, false, MANY_DESCRIPTORS);
    }

    private Thread thread(String name, Runnable task) {
        return Thread.ofPlatform().daemon().name(name + "-" + id).unstarted(task);
    }

    @Override
    public void start() {
        writers.forEach(Thread::start);
        Thread copyIn = thread("stdin", () -> copyIn(stdio.input()));
        reader.set(copyIn);
        copyIn.start();
    }

    private void copyIn(ReadableByteChannel from) {
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        try {
            while (from.read(buffer) >= 0) {
                if (!input.write(buffer.array(), 0, buffer.position())) {
                    return;
                }
                buffer.clear();
            }
        } catch (IOException | InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            input.close();
        }
    }

    private static void copyOut(HostPipe from, WritableByteChannel to) {
        byte[] bytes = new byte[CHUNK];
        try {
            for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
        } catch (IOException | InterruptedException gone) {
            // Nobody reads any more: the guest gets EPIPE, as with a closed pipe.
            Thread.currentThread().interrupt();
        } finally {
            from.close();
        }
    }

    @Override
    public void resize(WindowSize size) {
        // There is no terminal that could have a size.
    }

    @Override
    public void drain() {
        try {
            for (Thread writer : writers) {
                writer.join();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
