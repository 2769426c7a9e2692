package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.freeze.Freezable;

/** The processors' CPUID as guests see it. */
@FunctionalInterface
interface Cpuid extends Freezable {
    /** EAX, EBX, ECX and EDX of a leaf; zeros where there is none. */
    int[] leaf(int function, int index);
}
