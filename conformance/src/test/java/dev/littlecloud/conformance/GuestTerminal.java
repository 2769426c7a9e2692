package dev.littlecloud.conformance;

import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.ProcessSpec;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.WindowSize;
import dev.littlecloud.runtime.instance.Instances;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A person at the terminal of an instance: types, and looks at the screen. */
final class GuestTerminal implements AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final StringBuilder screen = new StringBuilder();
    private final Pipe keyboard;
    private final Pipe output;
    private final RunningInstance instance;
    private int seen;
    private boolean ended;

    GuestTerminal(Image image, List<String> command, int rows, int columns) throws IOException {
        keyboard = Pipe.open();
        output = Pipe.open();
        ProcessSpec process =
                new ProcessSpec(
                        command, List.of(), GuestRoot.ENVIRONMENT, "/tmp", "0:0", true, true);
        instance =
                new Instances()
                        .start(
                                InstanceSpec.DEFAULT.withProcess(process),
                                image,
                                new Stdio(
                                        keyboard.source(),
                                        output.sink(),
                                        output.sink(),
                                        new WindowSize(rows, columns)));
        Thread.ofPlatform().daemon().name("screen").start(this::look);
    }

    private void look() {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        try {
            while (output.source().read(buffer.clear()) >= 0) {
                show(StandardCharsets.ISO_8859_1.decode(buffer.flip()).toString());
            }
        } catch (IOException closed) {
            show("");
        }
    }

    private void show(String text) {
        lock.lock();
        try {
            screen.append(text);
            ended |= text.isEmpty();
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void type(String keys) throws IOException {
        keyboard.sink().write(ByteBuffer.wrap(keys.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Waits until the text appears behind what was waited for before. */
    void await(String text) throws InterruptedException {
        long left = Suite.DEADLINE.toNanos();
        lock.lock();
        try {
            int found = screen.indexOf(text, seen);
            while (found < 0) {
                if (left <= 0 || ended) {
                    throw new AssertionError(
                            "\"%s\" does not appear behind: %s"
                                    .formatted(text, screen.substring(seen)));
                }
                left = more.awaitNanos(left);
                found = screen.indexOf(text, seen);
            }
            seen = found + text.length();
        } finally {
            lock.unlock();
        }
    }

    void resize(int rows, int columns) {
        instance.resize(new WindowSize(rows, columns));
    }

    /** The caller's side goes away. */
    void hangUp() throws IOException {
        output.source().close();
        keyboard.sink().close();
    }

    ExitStatus exit() throws InterruptedException {
        return instance.await();
    }

    @Override
    public void close() throws IOException {
        instance.close();
        keyboard.sink().close();
        output.source().close();
    }
}
