package dev.littlecloud.kernel.exec;

import dev.littlecloud.kernel.mm.AddressSpace;

/** What every program of an instance finds besides its own files. */
public interface ProgramEnvironment {
    /** Maps the vDSO; the address of its ELF header, or 0 where there is none. */
    long mapVdso(AddressSpace space);

    /** AT_HWCAP: EDX of CPUID leaf 1. */
    long hardwareCapabilities();
}
