package dev.littlecloud.gateway.http;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/** Netty's encoder, which cannot know by itself that a response belongs to a HEAD. */
final class ResponseEncoder extends HttpResponseEncoder {
    private boolean isHead;

    /** Says what request the next response answers. */
    void next(boolean answersHead) {
        isHead = answersHead;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
        return isHead || super.isContentAlwaysEmpty(response);
    }
}
