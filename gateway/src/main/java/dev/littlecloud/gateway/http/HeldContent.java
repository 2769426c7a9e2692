package dev.littlecloud.gateway.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpContent;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Parts of a request that came before the service took it. Most requests have none. */
final class HeldContent {
    private @Nullable ArrayDeque<HttpContent> parts;

    void add(HttpContent content) {
        ArrayDeque<HttpContent> there = parts;
        if (there == null) {
            there = new ArrayDeque<>(2);
            parts = there;
        }
        there.add(content);
    }

    /** Hands all of them over. */
    void writeTo(ChannelHandlerContext to) {
        ArrayDeque<HttpContent> there = parts;
        parts = null;
        while (there != null && !there.isEmpty()) {
            to.write(there.remove(), to.voidPromise());
        }
    }

    void release() {
        ArrayDeque<HttpContent> there = parts;
        parts = null;
        if (there != null) {
            there.forEach(HttpContent::release);
        }
    }
}
