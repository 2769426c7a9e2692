package dev.littlecloud.runtime.template;

/**
 * How long the parts of a clone's start took, in nanoseconds.
 *
 * @param staged whether it was made ahead of the start, and the parts cost nothing
 * @param machineNanos to get a machine, which is ready mostly
 * @param memoryNanos to give it the template's memory
 * @param objectsNanos to make the kernel's objects
 * @param totalNanos all of it
 */
public record StartTimes(
        boolean staged, long machineNanos, long memoryNanos, long objectsNanos, long totalNanos) {
    /** Of a clone that was made ahead. */
    static final StartTimes STAGED = new StartTimes(true, 0, 0, 0, 0);

    StartTimes withTotal(long nanos) {
        return new StartTimes(staged, machineNanos, memoryNanos, objectsNanos, nanos);
    }
}
