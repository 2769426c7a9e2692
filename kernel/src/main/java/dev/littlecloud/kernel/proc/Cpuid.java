package dev.littlecloud.kernel.proc;

/** The processors' CPUID as guests see it. */
@FunctionalInterface
interface Cpuid {
    /** EAX, EBX, ECX and EDX of a leaf; zeros where there is none. */
    int[] leaf(int function, int index);
}
