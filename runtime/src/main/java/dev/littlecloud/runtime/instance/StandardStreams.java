package dev.littlecloud.runtime.instance;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.pipe.HostPipe;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.WindowSize;
import java.util.List;

/** Pipes to the caller's streams. */
final class StandardStreams implements GuestStreams {
    private final HostPipe input;
    private final HostPipe output;
    private final HostPipe error;
    private final Thread reader;
    private final List<Thread> writers;

    /** Makes the pipes. The caller holds the instance lock. */
    StandardStreams(Kernel kernel, Stdio stdio, String id) {
        input = HostPipe.input(kernel);
        output = HostPipe.output(kernel);
        error = HostPipe.output(kernel);
        reader = Pump.in("stdin-" + id, stdio.input(), input::write, input::close);
        writers =
                List.of(
                        Pump.out("stdout-" + id, output::read, stdio.output(), output::close),
                        Pump.out("stderr-" + id, error::read, stdio.error(), error::close));
    }

    @Override
    public void install(Task init) {
        FdTable files = init.files();
        files.install(input.guestEnd(), 0, false, MANY_DESCRIPTORS);
        files.install(output.guestEnd(), 1, false, MANY_DESCRIPTORS);
        files.install(error.guestEnd(), 2, false, MANY_DESCRIPTORS);
    }

    @Override
    public void start() {
        writers.forEach(Thread::start);
        reader.start();
    }

    @Override
    public void drain() {
        Pump.join(writers);
    }

    @Override
    public void resize(WindowSize size) {}
}
