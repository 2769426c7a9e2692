package dev.littlecloud.machine;

/**
 * What a machine is made of.
 *
 * @param ramBytes size of guest RAM: address space only, the host gives pages as they are used
 * @param maxVcpus how many virtual processors may be created; the guest's CPUID shows this many
 */
public record MachineConfig(long ramBytes, int maxVcpus) {

    public MachineConfig {
        if (ramBytes <= 0 || ramBytes % GuestMemory.PAGE_SIZE != 0) {
            throw new IllegalArgumentException("RAM must be whole pages: " + ramBytes);
        }
        if (ramBytes > GuestMemory.MAX_RAM_BYTES) {
            throw new IllegalArgumentException("too much RAM: " + ramBytes);
        }
        if (maxVcpus < 1 || maxVcpus > 256) {
            throw new IllegalArgumentException("1 to 256 virtual processors: " + maxVcpus);
        }
    }
}
