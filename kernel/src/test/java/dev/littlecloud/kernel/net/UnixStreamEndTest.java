package dev.littlecloud.kernel.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.io.KernelIo;
import dev.littlecloud.kernel.ipc.EventFd;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.WaitQueue;
import dev.littlecloud.kernel.testing.PlainMemory;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnixStreamEndTest {
    private final SocketMemory memory =
            new SocketMemory(1 << 20, new Frames(new PlainMemory(128 << 20)));
    private final SocketOptions receiving = new SocketOptions();
    private final UnixStreamEnd sender =
            new UnixStreamEnd(memory, new SocketOptions(), new WaitQueue());
    private final UnixStreamEnd receiver = new UnixStreamEnd(memory, receiving, new WaitQueue());
    private final Message message = new Message();

    UnixStreamEndTest() {
        StreamEnd.join(sender, receiver);
    }

    private void send(String text, @Nullable Ancillary carried) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(sender.send(new KernelIo(bytes), carried)).isEqualTo(bytes.length);
    }

    private String receive(int most, int flags) {
        byte[] bytes = new byte[most];
        long count = receiver.receive(new KernelIo(bytes), message.reset(flags));
        return count < 0
                ? Errno.name((int) -count)
                : new String(bytes, 0, (int) count, StandardCharsets.ISO_8859_1);
    }

    private static Ancillary files(OpenFile... files) {
        return new Ancillary(files, null);
    }

    @Test
    void aReadEndsBehindTheBytesThatFilesCameWith() {
        EventFd file = new EventFd(0, false, 0);
        send("plain", null);
        send("with", files(file));
        send("after", null);
        assertThat(receive(100, 0)).isEqualTo("plainwith");
        Ancillary carried = message.ancillary;
        assertThat(carried).isNotNull();
        assertThat(carried.takeFiles()).containsExactly(file);
        assertThat(receive(100, 0)).isEqualTo("after");
        assertThat(message.ancillary).isNull();
    }

    @Test
    void filesComeOnceEvenIfTheirBytesAreReadInPieces() {
        send("with", files(new EventFd(0, false, 0)));
        assertThat(receive(2, 0)).isEqualTo("wi");
        assertThat(message.ancillary).isNotNull();
        assertThat(message.ancillary.hasFiles()).isTrue();
        assertThat(receive(2, 0)).isEqualTo("th");
        assertThat(message.ancillary == null || !message.ancillary.hasFiles()).isTrue();
    }

    @Test
    void peekingGivesFilesOfItsOwn() {
        EventFd file = new EventFd(0, false, 0);
        send("with", files(file));
        assertThat(receive(100, SocketConstants.MSG_PEEK)).isEqualTo("with");
        assertThat(file.references()).isEqualTo(2);
        assertThat(message.ancillary).isNotNull();
        message.dropAncillary();
        assertThat(file.references()).isEqualTo(1);
        assertThat(receive(100, 0)).isEqualTo("with");
    }

    @Test
    void bytesOfDifferentWritersStayApartWhereTheyAreTold() {
        receiving.passCredentials = true;
        send("one", new Ancillary(Ancillary.NO_FILES, new PeerCredentials(1, 0, 0)));
        send("ONE", new Ancillary(Ancillary.NO_FILES, new PeerCredentials(1, 0, 0)));
        send("two", new Ancillary(Ancillary.NO_FILES, new PeerCredentials(2, 0, 0)));
        assertThat(receive(100, 0)).isEqualTo("oneONE");
        assertThat(receive(100, 0)).isEqualTo("two");
        assertThat(message.ancillary).isNotNull();
        assertThat(message.ancillary.credentials()).isEqualTo(new PeerCredentials(2, 0, 0));
    }

    @Test
    void closingDropsFilesThatNobodyReceived() {
        EventFd file = new EventFd(0, false, 0);
        file.retain();
        send("with", files(file));
        receiver.close();
        assertThat(file.references()).isEqualTo(1);
        assertThat(sender.poll() & PollEvents.ERR).isNotZero();
        assertThat(sender.takeError()).isEqualTo(Errno.ECONNRESET);
        assertThat(memory.used()).isZero();
    }
}
