package dev.littlecloud.runtime.template;

import java.util.concurrent.atomic.AtomicLong;

/** The bytes of a clone's connections. */
final class Counts implements Traffic {
    private final AtomicLong in = new AtomicLong();
    private final AtomicLong out = new AtomicLong();
    private volatile Runnable whenAnswered = () -> {};

    /** Says who hears that a request was answered. */
    void whenAnswered(Runnable listener) {
        whenAnswered = listener;
    }

    long bytesIn() {
        return in.get();
    }

    long bytesOut() {
        return out.get();
    }

    @Override
    public void in(int bytes) {
        in.addAndGet(bytes);
    }

    @Override
    public void out(int bytes) {
        out.addAndGet(bytes);
    }

    @Override
    public void answered() {
        whenAnswered.run();
    }
}
