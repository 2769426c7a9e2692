package dev.littlecloud.kernel.freeze;

/** Something to do later that the kernel's objects keep. */
@FunctionalInterface
public interface Action extends Runnable, Freezable {}
