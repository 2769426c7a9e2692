package dev.littlecloud.control.model;

/**
 * What was used, by one instance or by many.
 *
 * @param guestCpuMicros processor time in the guest
 * @param kernelCpuMicros processor time in our kernel on its behalf
 * @param memoryByteMillis bytes times milliseconds
 * @param wakes requests that waited for an instance to start
 * @param wakeMicros how long they waited, together
 * @param instanceMillis life of the instances, together
 */
public record UsageTotals(
        long guestCpuMicros,
        long kernelCpuMicros,
        long memoryByteMillis,
        long requests,
        long bytesIn,
        long bytesOut,
        long wakes,
        long wakeMicros,
        long instanceMillis) {
    public static final UsageTotals NONE = new UsageTotals(0, 0, 0, 0, 0, 0, 0, 0, 0);

    public UsageTotals plus(UsageTotals other) {
        return new UsageTotals(
                guestCpuMicros + other.guestCpuMicros,
                kernelCpuMicros + other.kernelCpuMicros,
                memoryByteMillis + other.memoryByteMillis,
                requests + other.requests,
                bytesIn + other.bytesIn,
                bytesOut + other.bytesOut,
                wakes + other.wakes,
                wakeMicros + other.wakeMicros,
                instanceMillis + other.instanceMillis);
    }

    public UsageTotals minus(UsageTotals other) {
        return new UsageTotals(
                guestCpuMicros - other.guestCpuMicros,
                kernelCpuMicros - other.kernelCpuMicros,
                memoryByteMillis - other.memoryByteMillis,
                requests - other.requests,
                bytesIn - other.bytesIn,
                bytesOut - other.bytesOut,
                wakes - other.wakes,
                wakeMicros - other.wakeMicros,
                instanceMillis - other.instanceMillis);
    }
}
