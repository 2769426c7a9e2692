package dev.littlecloud.kernel.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** The messages of one request to the kernel and what answers them; netlink(7). */
abstract class NetlinkRequests {
    static final int HEADER_BYTES = 16;
    private static final int NLMSG_ERROR = 2;

    /** Smaller types are of netlink itself, such as NLMSG_NOOP, and have no answer. */
    private static final int FIRST_TYPE = 16;

    protected final int portId;
    protected final List<byte[]> answers = new ArrayList<>();

    /** Of the message that is being answered. */
    protected int sequence;

    NetlinkRequests(int portId) {
        this.portId = portId;
    }

    /** The datagrams that answer all messages of a request. */
    final List<byte[]> answer(byte[] request) {
        ByteBuffer in = ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (request.length - at >= HEADER_BYTES) {
            int length = in.getInt(at);
            if (length < HEADER_BYTES || length > request.length - at) {
                break;
            }
            sequence = in.getInt(at + 8);
            if ((in.getShort(at + 4) & 0xFFFF) >= FIRST_TYPE) {
                one(in, at, length);
            }
            at += length + 3 & ~3;
        }
        return answers;
    }

    /** Answers the message at {@code at}, which lies in the request with its whole length. */
    abstract void one(ByteBuffer in, int at, int length);

    /** NLMSG_ERROR with the request's header; 0 acknowledges. */
    protected final void error(ByteBuffer in, int at, int errno) {
        NetlinkWriter out = new NetlinkWriter(sequence, portId);
        out.begin(NLMSG_ERROR, 0);
        out.putInt(-errno);
        for (int i = 0; i < HEADER_BYTES; i++) {
            out.putByte(in.get(at + i));
        }
        out.end();
        answers.add(out.take());
    }
}
