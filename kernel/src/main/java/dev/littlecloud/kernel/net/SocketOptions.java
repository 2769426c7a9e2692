package dev.littlecloud.kernel.net;

/** Options every socket has; socket(7). */
public final class SocketOptions {
    /** net.core.wmem_default and rmem_default. */
    static final int DEFAULT_BUFFER = 212992;

    static final int MAX_BUFFER = 212992;
    static final int LEAST_SEND_BUFFER = 4608;
    static final int LEAST_RECEIVE_BUFFER = 2304;

    /** No timeout. */
    static final long NEVER = -1;

    boolean reuseAddress;
    boolean reusePort;
    boolean keepAlive;
    boolean broadcast;
    boolean oobInline;
    boolean dontRoute;
    boolean passCredentials;
    boolean timestamp;
    boolean lingers;
    int lingerSeconds;
    int priority;
    int lowWater = 1;

    /** As getsockopt(2) shows them: twice what was asked for. */
    int sendBuffer = DEFAULT_BUFFER;

    int receiveBuffer = DEFAULT_BUFFER;
    boolean isSendBufferSet;
    boolean isReceiveBufferSet;

    /** How long a blocking call waits, in nanoseconds, or {@link #NEVER}. */
    long receiveTimeoutNanos = NEVER;

    long sendTimeoutNanos = NEVER;

    void sendBuffer(int bytes) {
        sendBuffer = Math.max(Math.clamp(bytes, 0, MAX_BUFFER) * 2, LEAST_SEND_BUFFER);
        isSendBufferSet = true;
    }

    void receiveBuffer(int bytes) {
        receiveBuffer = Math.max(Math.clamp(bytes, 0, MAX_BUFFER) * 2, LEAST_RECEIVE_BUFFER);
        isReceiveBufferSet = true;
    }

    public boolean showsTimestamp() {
        return timestamp;
    }

    public boolean passesCredentials() {
        return passCredentials;
    }

    /** What a connection takes over from its listener. */
    void inherit(SocketOptions listener) {
        reuseAddress = listener.reuseAddress;
        reusePort = listener.reusePort;
        keepAlive = listener.keepAlive;
        oobInline = listener.oobInline;
        passCredentials = listener.passCredentials;
        lingers = listener.lingers;
        lingerSeconds = listener.lingerSeconds;
        sendBuffer = listener.sendBuffer;
        receiveBuffer = listener.receiveBuffer;
        isSendBufferSet = listener.isSendBufferSet;
        isReceiveBufferSet = listener.isReceiveBufferSet;
        receiveTimeoutNanos = listener.receiveTimeoutNanos;
        sendTimeoutNanos = listener.sendTimeoutNanos;
    }
}
