package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Makes HTTP/1 requests of bytes, one part for each read that the handler behind it asks for. A
 * request without a body is one part. The next request is not looked at before {@link #next}:
 * pipelined requests stay bytes, and bytes behind a request for an upgrade stay what they are.
 */
final class RequestDecoder extends ChannelDuplexHandler {
    /** RFC 9112, 2.2: empty lines before a request are ignored; nobody needs many. */
    private static final int EMPTY_LINES = 4;

    private static final int LONGEST_CHUNK_LINE = 256;

    private enum State {
        HEAD,
        FIXED,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILERS,
        /** After a request, until {@link #next}. */
        BETWEEN,
        /** What follows is noise. */
        BROKEN
    }

    private final HttpLimits limits;
    private final HeadParser parser;
    private State state = State.HEAD;
    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;

    /** Up to where the end of a head, line or trailers was looked for, from the reader index. */
    private int scanned;

    /** Where the line being scanned starts, from the reader index. */
    private int lineStart;

    private int emptyLines;
    private long remaining;
    private boolean demanded;
    private boolean decoding;
    private boolean emitted;

    RequestDecoder(HttpLimits limits) {
        this.limits = limits;
        this.parser = new HeadParser(limits);
    }

    /** Whether a request's first bytes are here and its head is not complete. */
    boolean isInsideHead() {
        return state == State.HEAD && bytes.isReadable();
    }

    /** Goes on to the request behind the one that has ended. Read to get it. */
    void next() {
        if (state == State.BETWEEN) {
            state = State.HEAD;
            emptyLines = 0;
        }
    }

    @Override
    public void read(ChannelHandlerContext context) {
        demanded = true;
        if (!decoding) {
            decode(context);
            if (emitted) {
                context.fireChannelReadComplete();
            }
        }
        if (demanded) {
            context.read();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf more)) {
            context.fireChannelRead(message);
            return;
        }
        if (state == State.BROKEN) {
            more.release();
            return;
        }
        bytes =
                bytes.isReadable()
                        ? ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(
                                context.alloc(), bytes, more)
                        : replaced(more);
        decode(context);
    }

    private ByteBuf replaced(ByteBuf more) {
        bytes.release();
        return more;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.fireChannelReadComplete();
        if (demanded && state != State.BETWEEN && state != State.BROKEN) {
            context.read();
        }
    }

    private void decode(ChannelHandlerContext context) {
        emitted = false;
        decoding = true;
        try {
            while (demanded && step(context)) {
                emitted = true;
            }
        } catch (Refusal refusal) {
            state = State.BROKEN;
            emitted = true;
            demanded = false;
            drop();
            context.fireChannelRead(new Rejected(refusal));
        } finally {
            decoding = false;
        }
    }

    /** Makes one step; false where there are too few bytes for one. */
    private boolean step(ChannelHandlerContext context) throws Refusal {
        return switch (state) {
            case HEAD -> head(context);
            case FIXED -> fixed(context);
            case CHUNK_SIZE -> chunkSize();
            case CHUNK -> chunk(context);
            case CHUNK_END -> chunkEnd();
            case TRAILERS -> trailers(context);
            case BETWEEN, BROKEN -> false;
        };
    }

    private void emit(ChannelHandlerContext context, Object message) {
        demanded = false;
        context.fireChannelRead(message);
    }

    private boolean head(ChannelHandlerContext context) throws Refusal {
        while (bytes.isReadable()
                && (bytes.getByte(bytes.readerIndex()) == '\r'
                        || bytes.getByte(bytes.readerIndex()) == '\n')) {
            if (bytes.readableBytes() < 2) {
                return false;
            }
            if (bytes.readShort() != 0x0D0A || ++emptyLines > EMPTY_LINES) {
                throw bad("a request does not start with an empty line");
            }
        }
        int length = blockLength("the request's head");
        if (length < 0) {
            return false;
        }
        byte[] head = new byte[length];
        bytes.readBytes(head).skipBytes(2);
        HttpRequest request = parser.request(head);
        remaining = HeadParser.bodyLength(request);
        boolean empty = remaining == 0;
        if (remaining == HeadParser.CHUNKED) {
            state = State.CHUNK_SIZE;
        } else {
            state = empty ? State.BETWEEN : State.FIXED;
        }
        emit(context, empty ? whole(request) : request);
        return true;
    }

    /** A request without a body. */
    static FullHttpRequest whole(HttpRequest request) {
        return new DefaultFullHttpRequest(
                request.protocolVersion(),
                request.method(),
                request.uri(),
                Unpooled.EMPTY_BUFFER,
                request.headers(),
                EmptyHttpHeaders.INSTANCE);
    }

    /** The length of a block of lines, up to its empty line; -1 where that is not here yet. */
    private int blockLength(String what) throws Refusal {
        int start = bytes.readerIndex();
        while (true) {
            int from = start + scanned;
            int end = bytes.indexOf(from, bytes.writerIndex(), (byte) '\n');
            if (end < 0) {
                scanned = bytes.readableBytes();
                checkLength(scanned, what);
                return -1;
            }
            if (end == start || bytes.getByte(end - 1) != '\r') {
                throw bad("a line ends in CRLF");
            }
            scanned = end + 1 - start;
            checkLength(scanned, what);
            boolean empty = end - 1 - start == lineStart;
            if (empty) {
                int length = lineStart;
                scanned = 0;
                lineStart = 0;
                return length;
            }
            lineStart = scanned;
        }
    }

    private void checkLength(int length, String what) throws Refusal {
        if (lineStart == 0 && state == State.HEAD && length > limits.targetBytes() + 64) {
            throw HeadParser.targetTooLong(limits);
        }
        if (length > limits.headBytes()) {
            throw new Refusal(
                    Reason.HEADERS_TOO_LARGE,
                    "%s may have %d bytes".formatted(what, limits.headBytes()));
        }
    }

    private boolean fixed(ChannelHandlerContext context) {
        if (!bytes.isReadable()) {
            return false;
        }
        ByteBuf part = take(remaining);
        remaining -= part.readableBytes();
        if (remaining == 0) {
            state = State.BETWEEN;
            emit(context, new DefaultLastHttpContent(part));
        } else {
            emit(context, new DefaultHttpContent(part));
        }
        return true;
    }

    /** At most {@code limit} of the bytes that are here, the caller's to release. */
    private ByteBuf take(long limit) {
        if (bytes.readableBytes() <= limit) {
            ByteBuf all = bytes;
            bytes = Unpooled.EMPTY_BUFFER;
            return all;
        }
        return bytes.readRetainedSlice((int) limit);
    }

    private boolean chunkSize() throws Refusal {
        int start = bytes.readerIndex();
        int end = bytes.indexOf(start + scanned, bytes.writerIndex(), (byte) '\n');
        if (end < 0) {
            scanned = bytes.readableBytes();
            if (scanned > LONGEST_CHUNK_LINE) {
                throw bad("a chunk's first line is too long");
            }
            return false;
        }
        scanned = 0;
        if (end - start > LONGEST_CHUNK_LINE || end == start || bytes.getByte(end - 1) != '\r') {
            throw bad("a chunk's first line is too long or does not end in CRLF");
        }
        remaining = chunkSize(start, end - 1);
        bytes.readerIndex(end + 1);
        state = remaining == 0 ? State.TRAILERS : State.CHUNK;
        return true;
    }

    private long chunkSize(int start, int end) throws Refusal {
        long size = 0;
        int index = start;
        while (index < end && Octets.hexDigit(bytes.getByte(index)) >= 0) {
            if (index - start >= 15) {
                throw bad("a chunk is too large");
            }
            size = size << 4 | Octets.hexDigit(bytes.getByte(index));
            index++;
        }
        if (index == start) {
            throw bad("a chunk has no size");
        }
        // Extensions are allowed and nobody uses them: RFC 9112, 7.1.1.
        if (index < end && bytes.getByte(index) != ';') {
            throw bad("a chunk's size is no hexadecimal number");
        }
        for (; index < end; index++) {
            if (!Octets.isFieldValue(bytes.getByte(index))) {
                throw bad("a chunk's extension has a control character");
            }
        }
        return size;
    }

    private boolean chunk(ChannelHandlerContext context) {
        if (!bytes.isReadable()) {
            return false;
        }
        ByteBuf part = take(remaining);
        remaining -= part.readableBytes();
        if (remaining == 0) {
            state = State.CHUNK_END;
        }
        emit(context, new DefaultHttpContent(part));
        return true;
    }

    private boolean chunkEnd() throws Refusal {
        if (bytes.readableBytes() < 2) {
            return false;
        }
        if (bytes.readShort() != 0x0D0A) {
            throw bad("a chunk is longer than its size");
        }
        state = State.CHUNK_SIZE;
        return true;
    }

    private boolean trailers(ChannelHandlerContext context) throws Refusal {
        int length = blockLength("the trailers");
        if (length < 0) {
            return false;
        }
        byte[] block = new byte[length];
        bytes.readBytes(block).skipBytes(2);
        HttpHeaders trailers = parser.trailers(block);
        state = State.BETWEEN;
        emit(
                context,
                trailers.isEmpty()
                        ? LastHttpContent.EMPTY_LAST_CONTENT
                        : new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER, trailers));
        return true;
    }

    private static Refusal bad(String message) {
        return new Refusal(Reason.BAD_REQUEST, message);
    }

    private void drop() {
        bytes.release();
        bytes = Unpooled.EMPTY_BUFFER;
    }

    /** Bytes that were not looked at belong to the protocol that follows. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        ByteBuf rest = bytes;
        bytes = Unpooled.EMPTY_BUFFER;
        if (rest.isReadable()) {
            context.fireChannelRead(rest);
            context.fireChannelReadComplete();
        } else {
            rest.release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        drop();
        context.fireChannelInactive();
    }
}
