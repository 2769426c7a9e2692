package dev.littlecloud.runtime.instance;

import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.tty.Console;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.WindowSize;
import java.util.List;

/** The user's terminal as the console of the instance. */
final class TerminalStreams implements GuestStreams {
    private final Console console;
    private final Thread typist;
    private final List<Thread> screen;

    TerminalStreams(Console console, Stdio stdio, String id) {
        this.console = console;
        typist = Pump.in("terminal-in-" + id, stdio.input(), console::write, console::hangUp);
        screen =
                List.of(
                        Pump.out(
                                "terminal-out-" + id,
                                console::read,
                                stdio.output(),
                                console::hangUp));
    }

    @Override
    public void install(Task init) {
        FdTable files = init.files();
        OpenFile terminal = console.open(init.group());
        files.install(terminal, 0, false, MANY_DESCRIPTORS);
        terminal.retain();
        files.install(terminal, 1, false, MANY_DESCRIPTORS);
        terminal.retain();
        files.install(terminal, 2, false, MANY_DESCRIPTORS);
    }

    @Override
    public void start() {
        screen.forEach(Thread::start);
        typist.start();
    }

    @Override
    public void drain() {
        Pump.join(screen);
    }

    @Override
    public void resize(WindowSize size) {
        console.resize(size.rows(), size.columns());
    }
}
