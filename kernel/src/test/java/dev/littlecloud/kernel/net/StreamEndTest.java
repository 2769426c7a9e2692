package dev.littlecloud.kernel.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.KernelIo;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.WaitQueue;
import dev.littlecloud.kernel.testing.PlainMemory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What both ends of a stream see; the expected bits were read off Linux' loopback. */
class StreamEndTest {
    private static final int ERR = PollEvents.ERR;
    private static final int HUP = PollEvents.HUP;
    private static final int IN = PollEvents.READABLE;
    private static final int OUT = PollEvents.WRITABLE;
    private static final int RDHUP = PollEvents.RDHUP;

    private final SocketMemory memory =
            new SocketMemory(64 << 20, new Frames(new PlainMemory(128 << 20)));
    private final SocketOptions options = new SocketOptions();
    private final StreamEnd client = new StreamEnd(memory, options, new WaitQueue());
    private final StreamEnd server = new StreamEnd(memory, new SocketOptions(), new WaitQueue());

    StreamEndTest() {
        StreamEnd.join(client, server);
    }

    private static long send(StreamEnd from, String text) {
        return from.send(new KernelIo(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static String receive(StreamEnd at) {
        byte[] bytes = new byte[100];
        long count = at.receive(new KernelIo(bytes), false, 0);
        return count < 0
                ? Errno.name((int) -count)
                : new String(bytes, 0, (int) count, StandardCharsets.ISO_8859_1);
    }

    @Test
    void carriesBytes() {
        assertThat(client.poll()).isEqualTo(OUT);
        assertThat(send(client, "hello")).isEqualTo(5);
        assertThat(server.poll()).isEqualTo(IN | OUT);
        assertThat(receive(server)).isEqualTo("hello");
        assertThat(receive(server)).isEqualTo("EAGAIN");
    }

    @Test
    void endsOneDirectionAtShutdown() {
        client.shutdown(SocketConstants.SHUT_WR);
        assertThat(client.poll()).isEqualTo(OUT);
        assertThat(server.poll()).isEqualTo(IN | OUT | RDHUP);
        assertThat(receive(server)).isEmpty();
        assertThat(send(client, "x")).isEqualTo(-Errno.EPIPE);
        assertThat(send(server, "back")).isEqualTo(4);
        assertThat(receive(client)).isEqualTo("back");
        server.shutdown(SocketConstants.SHUT_WR);
        assertThat(client.poll()).isEqualTo(IN | OUT | RDHUP | HUP);
        assertThat(client.isOver()).isTrue();
        assertThat(server.isOver()).isTrue();
    }

    @Test
    void answersWritesToAClosedEndWithAReset() {
        send(server, "abc");
        server.close(false);
        assertThat(client.poll()).isEqualTo(IN | OUT | RDHUP);
        assertThat(receive(client)).isEqualTo("abc");
        assertThat(receive(client)).isEmpty();
        assertThat(send(client, "x")).isEqualTo(1);
        assertThat(client.poll()).isEqualTo(IN | OUT | RDHUP | HUP | ERR);
        assertThat(send(client, "x")).isEqualTo(-Errno.EPIPE);
        assertThat(client.poll()).isEqualTo(IN | OUT | RDHUP | HUP);
        assertThat(receive(client)).isEmpty();
    }

    @Test
    void resetsWhoSentWhatNobodyRead() {
        send(client, "unread");
        send(server, "hello");
        server.close(false);
        assertThat(client.poll()).isEqualTo(IN | OUT | RDHUP | HUP | ERR);
        assertThat(receive(client)).isEqualTo("hello");
        assertThat(receive(client)).isEqualTo("ECONNRESET");
        assertThat(client.poll()).isEqualTo(IN | OUT | RDHUP | HUP);
        assertThat(receive(client)).isEmpty();
        assertThat(send(client, "x")).isEqualTo(-Errno.EPIPE);
    }

    @Test
    void resetsWithLingerZero() {
        server.close(true);
        assertThat(client.takeError()).isEqualTo(Errno.ECONNRESET);
        assertThat(client.takeError()).isZero();
        assertThat(receive(client)).isEmpty();
    }

    @Test
    void holdsTheSenderBackUntilAThirdIsFree() {
        options.sendBuffer(10_000);
        client.optionsChanged();
        long capacity = 0;
        for (long sent; (sent = client.send(new KernelIo(new byte[4096]))) > 0; ) {
            capacity += sent;
        }
        assertThat(capacity).isEqualTo(20_000 + SocketOptions.DEFAULT_BUFFER);
        assertThat(client.poll()).isZero();
        server.discard(capacity / 3 - 10);
        assertThat(client.poll()).isZero();
        server.discard(20);
        assertThat(client.poll()).isEqualTo(OUT);
    }

    @Test
    void stopsAtTheUrgentByte() {
        byte[] bytes = "abc".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(client.sendUrgent(new KernelIo(bytes))).isEqualTo(3);
        send(client, "de");
        assertThat(server.poll() & PollEvents.PRI).isNotZero();
        assertThat(server.isAtMark()).isFalse();
        assertThat(receive(server)).isEqualTo("ab");
        assertThat(server.isAtMark()).isTrue();
        byte[] urgent = new byte[1];
        assertThat(server.receiveUrgent(new KernelIo(urgent), false)).isEqualTo(1);
        assertThat(urgent[0]).isEqualTo((byte) 'c');
        assertThat(server.poll() & PollEvents.PRI).isZero();
        assertThat(receive(server)).isEqualTo("de");
        assertThat(server.isAtMark()).isFalse();
    }

    @Test
    void givesAllMemoryBack() {
        send(client, "abc");
        send(server, "def");
        client.close(false);
        server.close(false);
        assertThat(memory.used()).isZero();
    }
}
