package dev.littlecloud.runtime.instance;

import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.proc.SystemMounts;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.tty.Console;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.WindowSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** The first process's descriptors 0 to 2 as one terminal, whose other side the caller holds. */
final class TerminalStreams implements GuestStreams {
    private static final int CHUNK = 8 << 10;
    private static final int STREAMS = 3;

    private final Console console;
    private final Stdio stdio;
    private final String id;
    private final Thread screen;

    /** Makes the terminal. The caller holds the instance lock. */
    TerminalStreams(SystemMounts mounts, Stdio stdio, WindowSize size, String id) {
        this.console = mounts.console(size.rows(), size.columns());
        this.stdio = stdio;
        this.id = id;
        this.screen = thread("screen", this::copyOut);
    }

    private Thread thread(String name, Runnable task) {
        return Thread.ofPlatform().daemon().name(name + "-" + id).unstarted(task);
    }

    @Override
    public void attach(Task init) {
        OpenFile terminal = console.open(init.group());
        for (int fd = 0; fd < STREAMS; fd++) {
            terminal.retain();
            init.files().install(terminal, fd, false, STREAMS);
        }
        terminal.release();
    }

    @Override
    public void start() {
        screen.start();
        thread("keyboard", this::copyIn).start();
    }

    private void copyIn() {
        ReadableByteChannel from = stdio.input();
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        try {
            while (from.read(buffer) >= 0) {
                if (!console.write(buffer.array(), 0, buffer.position())) {
                    return;
                }
                buffer.clear();
            }
        } catch (IOException gone) {
            // The caller's terminal was closed: its programs are hung up, as by a closed line.
            console.hangUp();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void copyOut() {
        WritableByteChannel to = stdio.output();
        byte[] bytes = new byte[CHUNK];
        try {
            for (int count = console.read(bytes); count >= 0; count = console.read(bytes)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
        } catch (IOException gone) {
            console.hangUp();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void drain() {
        try {
            screen.join();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void resize(WindowSize size) {
        console.resize(size.rows(), size.columns());
    }
}
