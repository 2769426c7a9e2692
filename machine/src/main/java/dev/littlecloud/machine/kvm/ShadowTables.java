package dev.littlecloud.machine.kvm;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.sys.Ioctl;

/**
 * How many page tables a KVM without nested paging keeps translations of. It takes one for each fifty
 * pages of memory slots, which are small at first here, and drops those that it made first when it
 * needs more: the tables of program text that all processes share. So it gets the number that it
 * would take with all memory in slots.
 */
final class ShadowTables {
    private static final long PAGES_FOR_ONE = 50;

    /** Page tables of ended processes are kept for a while: see PageTableArea. */
    private static final long LEAST = 2048;

    private ShadowTables() {}

    /** Sets it for a machine with so much memory. */
    static void limit(int vm, long ramBytes) {
        long count = Math.max(LEAST, ramBytes / GuestMemory.PAGE_SIZE / PAGES_FOR_ONE);
        Kvm.check("KVM_SET_NR_MMU_PAGES", Ioctl.call(vm, KvmApi.SET_NR_MMU_PAGES, count));
    }
}
