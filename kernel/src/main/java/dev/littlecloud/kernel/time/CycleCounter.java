package dev.littlecloud.kernel.time;

/** The time-stamp counter of the host's processors. */
@FunctionalInterface
public interface CycleCounter {
    long read();
}
