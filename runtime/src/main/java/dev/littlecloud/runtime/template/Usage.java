package dev.littlecloud.runtime.template;

/**
 * What an instance used, from its start on.
 *
 * @param guestNanos processor time in the guest
 * @param kernelNanos processor time in the kernel on its behalf
 * @param memoryByteMillis memory it held over and above its template, in bytes times milliseconds
 * @param memoryBytes memory it holds now, the template's included
 * @param bytesIn bytes of connections into it that it was given
 * @param bytesOut bytes it sent on them
 */
public record Usage(
        long guestNanos,
        long kernelNanos,
        long memoryByteMillis,
        long memoryBytes,
        long bytesIn,
        long bytesOut) {}
