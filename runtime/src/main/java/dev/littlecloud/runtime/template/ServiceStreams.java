package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.pipe.HostPipe;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.runtime.WindowSize;
import dev.littlecloud.runtime.instance.GuestStreams;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Standard streams of a service: nothing to read, and output that goes to whoever listens. */
final class ServiceStreams implements GuestStreams {
    /** Hears of output. */
    interface Sink {
        void output(boolean error, byte[] bytes);
    }

    /** How many {@link #parts} there are. */
    static final int PARTS = 3;

    private final HostPipe input;
    private final HostPipe output;
    private final HostPipe error;
    private final List<OutputTap> taps;

    private ServiceStreams(HostPipe input, HostPipe output, HostPipe error, Sink sink) {
        this.input = input;
        this.output = output;
        this.error = error;
        this.taps =
                List.of(
                        new OutputTap(output, bytes -> sink.output(false, bytes)),
                        new OutputTap(error, bytes -> sink.output(true, bytes)));
    }

    /** Makes the pipes of a new instance. The caller holds the instance lock. */
    static ServiceStreams of(Kernel kernel, Sink sink) {
        return new ServiceStreams(
                HostPipe.input(kernel), HostPipe.output(kernel), HostPipe.output(kernel), sink);
    }

    /** What is to be found again in a clone. */
    List<HostPipe> parts() {
        return List.of(input, output, error);
    }

    /** Whether all that was written was passed on. */
    boolean isDrained() {
        return output.isEmpty() && error.isEmpty();
    }

    /** The streams of a clone. */
    static ServiceStreams of(List<@Nullable Object> parts, Sink sink) {
        return new ServiceStreams(pipe(parts.get(0)), pipe(parts.get(1)), pipe(parts.get(2)), sink);
    }

    private static HostPipe pipe(@Nullable Object part) {
        if (part instanceof HostPipe pipe) {
            return pipe;
        }
        throw new IllegalStateException("a template has pipes for standard streams");
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
        input.close();
        taps.forEach(OutputTap::open);
    }

    @Override
    public void drain() {
        taps.forEach(OutputTap::fetch);
    }

    @Override
    public void resize(WindowSize size) {}
}
