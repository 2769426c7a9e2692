package dev.littlecloud.runtime.template;

/**
 * Shares an instance's processor time out between the guest and the kernel: the time is what the
 * host gave to its threads, the shares are those of the time that went by in each. Neither part ever
 * becomes less.
 */
final class ProcessorUse {
    private long guest;
    private long kernel;

    /**
     * Takes the latest counts, all in nanoseconds and never less than before.
     *
     * @param used processor time that the host gave
     * @param inGuest time that went by in the guest
     * @param inKernel time that went by in the kernel
     */
    void update(long used, long inGuest, long inKernel) {
        double share = inGuest == 0 ? 0 : (double) inGuest / (inGuest + inKernel);
        guest = Math.clamp((long) (used * share), guest, Math.max(guest, used - kernel));
        kernel = Math.max(kernel, used - guest);
    }

    long guestNanos() {
        return guest;
    }

    long kernelNanos() {
        return kernel;
    }
}
