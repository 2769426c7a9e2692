package dev.littlecloud.gateway.stream;

import dev.littlecloud.gateway.service.Acceptor;
import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.kernel.net.NetworkStack;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ConnectionPendingException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a program in an instance, for Netty: codecs run on it as on a socket. Buffers that
 * are written go to the kernel without a copy; what the program writes is copied once.
 */
public final class StreamChannel extends AbstractChannel {
    private static final int READS_IN_A_ROW = 16;

    private static final ChannelMetadata METADATA = new ChannelMetadata(false, READS_IN_A_ROW);

    private final DefaultChannelConfig config = new DefaultChannelConfig(this);
    private final Acceptor acceptor;
    private final InetSocketAddress peer;
    private final boolean keepsHalfOpen;
    private final AtomicBoolean readScheduled = new AtomicBoolean();
    private final AtomicBoolean writeScheduled = new AtomicBoolean();
    private final Runnable readSoon = this::scheduleRead;
    private final boolean isIncoming;
    private @Nullable EventLoop loop;
    private @Nullable StreamEnd guest;
    private @Nullable Flow toGuest;
    private @Nullable Flow fromGuest;
    private @Nullable ChannelPromise connecting;
    private volatile boolean open = true;
    private volatile boolean active;
    private boolean readWanted;
    private boolean inputEnded;
    private boolean outputEnded;

    /**
     * @param peer who connects, as the program will see it
     * @param keepsHalfOpen whether the end of what the program sends is told as {@link
     *     ChannelInputShutdownEvent} instead of closing the channel
     */
    public StreamChannel(Acceptor acceptor, InetSocketAddress peer, boolean keepsHalfOpen) {
        super(null);
        this.acceptor = acceptor;
        this.peer = peer;
        this.keepsHalfOpen = keepsHalfOpen;
        this.isIncoming = false;
        config.setOption(ChannelOption.AUTO_READ, false);
    }

    private StreamChannel(EventLoop loop, InetSocketAddress peer, boolean keepsHalfOpen) {
        super(null);
        this.acceptor = (stream, from, whenRoom) -> NetworkStack.Delivery.REFUSED;
        this.peer = peer;
        this.keepsHalfOpen = keepsHalfOpen;
        this.isIncoming = true;
        config.setOption(ChannelOption.AUTO_READ, false);
        openFlows(loop);
    }

    /**
     * A connection that a program in an instance makes. It is active when it is registered with
     * {@code loop}.
     *
     * @param peer where it comes from
     * @param keepsHalfOpen as above
     */
    public static StreamChannel incoming(
            EventLoop loop, InetSocketAddress peer, boolean keepsHalfOpen) {
        return new StreamChannel(loop, peer, keepsHalfOpen);
    }

    /** The program's end, as its kernel uses it; of an incoming connection at once. */
    public StreamEnd programsEnd() {
        StreamEnd end = guest;
        if (end == null) {
            throw new IllegalStateException("not connected");
        }
        return end;
    }

    /** Where to {@link #connect}: there is only one place. */
    public static SocketAddress address() {
        return StreamAddress.INSTANCE;
    }

    private final class StreamUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            if (!promise.setUncancellable() || !ensureOpen(promise)) {
                return;
            }
            if (connecting != null || active) {
                ReferenceCountUtil.release(remote);
                promise.tryFailure(new ConnectionPendingException());
                return;
            }
            openFlows(eventLoop());
            connecting = promise;
            deliver();
        }

        void flushNow() {
            flush0();
        }
    }

    private void openFlows(EventLoop on) {
        StreamEnd end = new StreamEnd(on);
        Flow forth = new Flow(alloc(), () -> tellGuest(end, HostStream.READ), this::scheduleWrite);
        Flow back =
                new Flow(alloc(), () -> end.soon(readSoon), () -> tellGuest(end, HostStream.WRITE));
        end.join(forth, back);
        loop = on;
        guest = end;
        toGuest = forth;
        fromGuest = back;
    }

    private EventLoop loop() {
        EventLoop there = loop;
        return there == null ? eventLoop() : there;
    }

    /** Both flows' far side is the guest; where an event loop acts, it may tell at once. */
    private void tellGuest(StreamEnd end, int event) {
        if (loop().inEventLoop()) {
            end.tell(event);
        } else {
            end.tellSoon(event);
        }
    }

    private void deliver() {
        ChannelPromise promise = connecting;
        StreamEnd end = guest;
        if (promise == null || end == null || !open) {
            return;
        }
        switch (acceptor.deliver(end, peer, () -> StreamEnd.later(eventLoop(), this::deliver))) {
            case ACCEPTED -> {
                connecting = null;
                active = true;
                if (promise.trySuccess()) {
                    pipeline().fireChannelActive();
                } else {
                    unsafe().closeForcibly();
                }
            }
            case REFUSED -> {
                connecting = null;
                promise.tryFailure(new ConnectException("nothing listens in the instance"));
                unsafe().closeForcibly();
            }
            case FULL -> {
                // deliver() runs again when the program accepts.
            }
        }
    }

    @Override
    protected void doBeginRead() {
        readWanted = true;
        Flow flow = fromGuest;
        if (flow != null && !inputEnded && flow.awaitReadable()) {
            scheduleRead();
        }
    }

    /** Any thread. */
    private void scheduleRead() {
        if (readScheduled.compareAndSet(false, true)) {
            StreamEnd.later(loop(), this::readNow);
        }
    }

    private void readNow() {
        readScheduled.set(false);
        Flow flow = fromGuest;
        if (flow == null || !readWanted || inputEnded) {
            return;
        }
        readWanted = false;
        int count = 0;
        while (count < READS_IN_A_ROW) {
            ByteBuf buffer = flow.poll();
            if (buffer == null) {
                break;
            }
            count++;
            pipeline().fireChannelRead(buffer);
        }
        if (count > 0) {
            pipeline().fireChannelReadComplete();
        }
        if (flow.isOver() && !inputEnded) {
            inputEnded = true;
            endOfInput(flow);
        } else if (count == 0) {
            doBeginRead();
        }
    }

    private void endOfInput(Flow flow) {
        if (keepsHalfOpen && !flow.isReset()) {
            pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        } else {
            unsafe().close(voidPromise());
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        Flow flow = toGuest;
        if (flow == null) {
            return;
        }
        while (true) {
            Object message = in.current();
            if (!(message instanceof ByteBuf buffer)) {
                return;
            }
            int length = buffer.readableBytes();
            if (length > 0 && !offer(flow, buffer)) {
                return;
            }
            in.progress(length);
            in.remove();
        }
    }

    private static boolean offer(Flow flow, ByteBuf buffer) {
        // The outbound buffer releases its reference on remove().
        ByteBuf shared = buffer.retainedDuplicate();
        boolean taken = flow.offer(shared);
        if (!taken) {
            shared.release();
        }
        return taken;
    }

    /** Any thread. */
    private void scheduleWrite() {
        if (writeScheduled.compareAndSet(false, true)) {
            StreamEnd.later(loop(), this::writeNow);
        }
    }

    private void writeNow() {
        writeScheduled.set(false);
        if (open) {
            ((StreamUnsafe) unsafe()).flushNow();
        }
    }

    /** Sends the end of the stream after what was flushed. On the event loop. */
    public void shutdownOutput() {
        Flow flow = toGuest;
        if (flow != null && !outputEnded) {
            outputEnded = true;
            flow.finish();
        }
    }

    /** Closes so that the program finds a broken connection instead of an end. On the event loop. */
    public void reset() {
        Flow flow = toGuest;
        if (flow != null && !outputEnded) {
            outputEnded = true;
            flow.breakOff();
        }
        close();
    }

    @Override
    protected void doClose() {
        open = false;
        active = false;
        ChannelPromise promise = connecting;
        connecting = null;
        if (promise != null) {
            promise.tryFailure(new ChannelException("closed before the program accepted"));
        }
        shutdownOutput();
        Flow flow = fromGuest;
        if (flow != null) {
            flow.abandon();
        }
    }

    @Override
    protected void doRegister() {
        // No selector needs to know.
        active = isIncoming;
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf) {
            return message;
        }
        throw new UnsupportedOperationException("bytes only, not " + message.getClass());
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new StreamUnsafe();
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return StreamAddress.INSTANCE;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return isIncoming ? peer : StreamAddress.INSTANCE;
    }

    @Override
    protected void doBind(SocketAddress localAddress) {
        throw new UnsupportedOperationException("a stream has no address to choose");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return active;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }
}
