package dev.littlecloud.runtime.template;

/**
 * How long the parts of a clone's start took, in nanoseconds.
 *
 * @param machineNanos to get a machine, which is ready mostly
 * @param memoryNanos to give it the template's memory
 * @param objectsNanos to make the kernel's objects
 * @param totalNanos all of it
 */
public record StartTimes(long machineNanos, long memoryNanos, long objectsNanos, long totalNanos) {}
