package dev.littlecloud.kernel.net;

/** Hears of a host channel's readiness, on the host's poller thread, without the instance lock. */
public interface HostEvents {
    /**
     * What was asked for with {@link HostStream#want} holds now; ask again for more.
     *
     * @param events of {@link HostStream#READ}, {@link HostStream#WRITE}
     */
    void ready(int events);

    /** Whether {@link #soon} would wait with what it is given. */
    default boolean isToldLater() {
        return false;
    }

    /**
     * Runs what tells the other side of something that a program in the instance did, now or when it
     * has done a little more.
     */
    default void soon(Runnable news) {
        news.run();
    }
}
