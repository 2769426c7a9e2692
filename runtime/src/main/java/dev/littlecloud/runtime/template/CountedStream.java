package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.net.HostEvents;
import dev.littlecloud.kernel.net.HostStream;
import java.nio.ByteBuffer;

/** A stream of the caller's that was handed to a clone, with its bytes counted. */
final class CountedStream implements HostStream {
    private final HostStream stream;
    private final Connection.Traffic traffic;

    /** Whether the clone wrote something; guarded by the instance lock, as all calls are. */
    private boolean hasAnswered;

    CountedStream(HostStream stream, Connection.Traffic traffic) {
        this.stream = stream;
        this.traffic = traffic;
    }

    @Override
    public void listener(HostEvents events) {
        stream.listener(events);
    }

    @Override
    public void want(int events) {
        if (hasAnswered && (events & READ) != 0) {
            // It has answered and waits for more: a connection that is kept is as good as closed.
            hasAnswered = false;
            traffic.answered();
        }
        stream.want(events);
    }

    @Override
    public int finishConnect() {
        return stream.finishConnect();
    }

    @Override
    public int read(ByteBuffer target) {
        int count = stream.read(target);
        if (count > 0) {
            traffic.in(count);
        }
        return count;
    }

    @Override
    public int write(ByteBuffer source) {
        int count = stream.write(source);
        if (count > 0) {
            hasAnswered = true;
            traffic.out(count);
        }
        return count;
    }

    @Override
    public void shutdownOutput() {
        stream.shutdownOutput();
    }

    @Override
    public void keepAlive(boolean enabled) {
        stream.keepAlive(enabled);
    }

    @Override
    public void close(boolean reset) {
        traffic.answered();
        stream.close(reset);
    }
}
