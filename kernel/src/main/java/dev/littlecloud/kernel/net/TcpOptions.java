package dev.littlecloud.kernel.net;

/**
 * Options of tcp(7). Inside an instance there are no packets, so most only keep their value; those
 * that mean something to a connection of the host are passed on.
 */
public final class TcpOptions {
    boolean noDelay;
    boolean cork;
    boolean quickAck = true;
    int keepIdleSeconds = 7200;
    int keepIntervalSeconds = 75;
    int keepCount = 9;
    int synCount = 6;
    int linger2Seconds = 60;
    int deferAcceptSeconds;
    int windowClamp;
    int maxSegment;
    int userTimeoutMillis;
    int fastOpenQueue;
    int notSentLowWater;

    void inherit(TcpOptions listener) {
        noDelay = listener.noDelay;
        cork = listener.cork;
        keepIdleSeconds = listener.keepIdleSeconds;
        keepIntervalSeconds = listener.keepIntervalSeconds;
        keepCount = listener.keepCount;
        synCount = listener.synCount;
        linger2Seconds = listener.linger2Seconds;
        windowClamp = listener.windowClamp;
        maxSegment = listener.maxSegment;
        userTimeoutMillis = listener.userTimeoutMillis;
        notSentLowWater = listener.notSentLowWater;
    }
}
