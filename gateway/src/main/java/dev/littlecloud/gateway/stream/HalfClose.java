package dev.littlecloud.gateway.stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;

/** How connections end that are half closed, or broken. On their event loops. */
public final class HalfClose {
    private HalfClose() {}

    /** Whether the end of one direction can be sent while the other goes on. */
    public static boolean isPossible(Channel channel) {
        return channel instanceof DuplexChannel || channel instanceof StreamChannel;
    }

    /** Sends the end of the stream; what was written has been flushed. */
    public static void shutdownOutput(Channel channel) {
        switch (channel) {
            case StreamChannel stream -> stream.shutdownOutput();
            case DuplexChannel duplex -> duplex.shutdownOutput();
            default -> channel.close();
        }
    }

    /** Closes so that the other side sees a broken connection, not an end. */
    public static void reset(Channel channel) {
        if (channel instanceof StreamChannel stream) {
            stream.reset();
        } else {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }
}
