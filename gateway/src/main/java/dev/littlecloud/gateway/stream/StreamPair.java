package dev.littlecloud.gateway.stream;

import dev.littlecloud.kernel.net.HostStream;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.Executor;

/**
 * Two ends of one connection: what is written to one is read from the other. Joins two instances, or
 * an instance with a program in this process.
 *
 * @param first for who connected
 * @param second for who accepts
 */
public record StreamPair(HostStream first, HostStream second) {
    /**
     * @param teller tells both ends' listeners of events; runs tasks in order, on a thread that holds
     *     no instance lock
     */
    public static StreamPair open(Executor teller) {
        StreamEnd first = new StreamEnd(teller);
        StreamEnd second = new StreamEnd(teller);
        Flow forth = flow(first, second);
        Flow back = flow(second, first);
        first.join(back, forth);
        second.join(forth, back);
        return new StreamPair(first, second);
    }

    private static Flow flow(StreamEnd writer, StreamEnd reader) {
        return new Flow(
                PooledByteBufAllocator.DEFAULT,
                () -> reader.tellSoon(HostStream.READ),
                () -> writer.tellSoon(HostStream.WRITE));
    }
}
