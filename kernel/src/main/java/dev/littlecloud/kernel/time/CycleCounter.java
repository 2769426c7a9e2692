package dev.littlecloud.kernel.time;

/** The processor's time-stamp counter as the guest's {@code rdtsc} shows it. */
@FunctionalInterface
public interface CycleCounter {
    long read();
}
