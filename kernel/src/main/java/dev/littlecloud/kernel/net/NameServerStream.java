package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.io.KernelIo;
import dev.littlecloud.kernel.task.WaitQueue;
import dev.littlecloud.kernel.task.Waiter;

/** One DNS connection over TCP: each message has its length in front; RFC 1035, 4.2.2. */
final class NameServerStream extends Waiter {
    private static final int MAX_QUERY = 4096;

    private final NameServer server;
    private final StreamEnd end;

    NameServerStream(NameServer server, SocketMemory memory, StreamEnd client) {
        this.server = server;
        WaitQueue queue = new WaitQueue();
        this.end = new StreamEnd(memory, new SocketOptions(), queue);
        StreamEnd.join(client, end);
        queue.add(this);
    }

    @Override
    protected boolean woken(int events) {
        while (takeQuestion()) {
            // until what is left is no whole question
        }
        if (end.receiveShut && !end.isOver()) {
            end.close(false);
        }
        return true;
    }

    private boolean takeQuestion() {
        byte[] prefix = new byte[2];
        if (end.readableBytes() < 2) {
            return false;
        }
        end.receive(new KernelIo(prefix), true, 0);
        int length = (prefix[0] & 255) << 8 | (prefix[1] & 255);
        if (length > MAX_QUERY) {
            end.close(true);
            return false;
        }
        if (end.readableBytes() < 2 + length) {
            return false;
        }
        end.discard(2);
        byte[] question = new byte[length];
        end.receive(new KernelIo(question), false, 0);
        server.ask(question, true, this::answer);
        return true;
    }

    private void answer(byte[] message) {
        byte[] framed = new byte[message.length + 2];
        framed[0] = (byte) (message.length >> 8);
        framed[1] = (byte) message.length;
        System.arraycopy(message, 0, framed, 2, message.length);
        end.send(new KernelIo(framed));
    }
}
