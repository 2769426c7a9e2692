package dev.littlecloud.machine.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.littlecloud.sys.Ioctl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What CPUID shows to guests: the host's features as KVM supports them, less AVX-512, AMX and MPX,
 * which would make each task's state large, and what is the host's own business.
 *
 * <p>A deprivileged KVM cannot hide what programs can use natively: it shows the processor's own
 * features, beyond those it says to support, and leaves its XCR0 as it is. There the state of
 * AVX-512 is carried along, and what programs see is what KVM tells of a processor after it was set.
 */
final class Cpuid {
    /** XCR0: x87, SSE and AVX. */
    private static final int AVX_STATES = 0x07;

    /** XCR0: the three parts of AVX-512. */
    private static final int AVX512_STATES = 0xe0;

    private static final int LAST_STATE = 7;

    private static final int MAX_ENTRIES = 256;
    private static final int HEADER_BYTES = 8;
    private static final int ENTRY_BYTES = 40;
    private static final int XSAVE_HEADER_END = 576;
    private static final int SIGNIFICANT_SUBLEAF = 1;
    private static final int TOPOLOGY_LEAF = 0xb;

    /** The last leaf shown: extended state. */
    private static final int LAST_LEAF = 0xd;

    /** Leaf 1, ECX: without MONITOR, VMX, SMX, PDCM, PCID, x2APIC, TSC deadline, hypervisor. */
    private static final int LEAF1_ECX_HIDDEN =
            (1 << 3) | (1 << 5) | (1 << 6) | (1 << 15) | (1 << 17) | (1 << 21) | (1 << 24)
                    | (1 << 31);

    /** Leaf 0x80000001, ECX: without SVM. */
    private static final int EXTENDED_ECX_HIDDEN = 1 << 2;

    /** Leaf 0x80000008, EBX: only CLZERO is shown. */
    private static final int EXTENDED_8_EBX_SHOWN = 1;

    /** Leaf 7, EBX: without MPX, all of AVX-512, RTM/HLE, resource control, processor trace, SMEP. */
    private static final int LEAF7_EBX_HIDDEN =
            (1 << 4) | (1 << 7) | (1 << 11) | (1 << 12) | (1 << 14) | (1 << 15) | (1 << 16)
                    | (1 << 17) | (1 << 20) | (1 << 21) | (1 << 25) | (1 << 26) | (1 << 27)
                    | (1 << 28) | (1 << 30) | (1 << 31);

    /** Leaf 7, ECX: only VAES, VPCLMULQDQ, GFNI, RDPID, MOVDIRI and MOVDIR64B are shown. */
    private static final int LEAF7_ECX_SHOWN =
            (1 << 8) | (1 << 9) | (1 << 10) | (1 << 22) | (1 << 27) | (1 << 28);

    /** Leaf 7, EDX: only FSRM, MD_CLEAR and SERIALIZE are shown. */
    private static final int LEAF7_EDX_SHOWN = (1 << 4) | (1 << 10) | (1 << 14);

    /** Leaf 7.1, EAX: only AVX-VNNI and the fast string operations are shown. */
    private static final int LEAF7_1_EAX_SHOWN = (1 << 4) | (1 << 10) | (1 << 11) | (1 << 12);

    /** Leaf 0xD.1, EAX: XSAVEOPT, XSAVEC and XGETBV with ECX=1, not XSAVES. */
    private static final int LEAF_D1_EAX_SHOWN = 7;

    private final List<int[]> entries;
    private final int states;

    /** What KVM made of {@link #entries} in the first processor that got them. */
    private volatile @Nullable List<int[]> seen;

    Cpuid(Kvm kvm) {
        states = kvm.isHardware() ? AVX_STATES : AVX_STATES | AVX512_STATES;
        entries = ask("KVM_GET_SUPPORTED_CPUID", kvm.fd(), KvmApi.GET_SUPPORTED_CPUID);
        entries.removeIf(entry -> !isShown(entry[0], entry[1]));
        entries.forEach(this::filter);
        for (int[] entry : entries) {
            if (entry[0] == 0xd && entry[1] <= 1) {
                entry[4] = extendedStateBytes();
                entry[5] = entry[1] == 0 ? entry[4] : 0;
            }
        }
        entries.add(new int[] {TOPOLOGY_LEAF, 0, SIGNIFICANT_SUBLEAF, 0, 0, 0, 0});
        entries.add(new int[] {TOPOLOGY_LEAF, 1, SIGNIFICANT_SUBLEAF, 0, 0, 0, 0});
    }

    private static List<int[]> ask(String operation, int fd, long request) {
        List<int[]> answer = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment table = arena.allocate(HEADER_BYTES + MAX_ENTRIES * ENTRY_BYTES, 8);
            table.set(JAVA_INT, 0, MAX_ENTRIES);
            Kvm.check(operation, Ioctl.call(fd, request, table));
            int count = table.get(JAVA_INT, 0);
            for (int i = 0; i < count; i++) {
                int[] entry = new int[7];
                for (int field = 0; field < entry.length; field++) {
                    entry[field] =
                            table.get(JAVA_INT, HEADER_BYTES + (long) i * ENTRY_BYTES + field * 4L);
                }
                answer.add(entry);
            }
        }
        return answer;
    }

    /** Bytes of the extended state in the standard format. */
    int extendedStateBytes() {
        int bytes = XSAVE_HEADER_END;
        for (int[] entry : entries) {
            if (entry[0] == 0xd && entry[1] >= 2 && (states >> entry[1] & 1) != 0) {
                bytes = Math.max(bytes, entry[3] + entry[4]);
            }
        }
        return bytes;
    }

    /** The extended states the processor has, for XCR0. */
    long extendedStates() {
        for (int[] entry : entries) {
            if (entry[0] == 0xd && entry[1] == 0) {
                return entry[3];
            }
        }
        return 0;
    }

    /** The registers that an instruction on the first of {@code vcpuCount} processors gives. */
    int[] leaf(int leaf, int subleaf, int vcpuCount) {
        List<int[]> known = seen;
        for (int[] entry : known == null ? entries : known) {
            boolean perSubleaf = (entry[2] & SIGNIFICANT_SUBLEAF) != 0;
            if (entry[0] == leaf && (!perSubleaf || entry[1] == subleaf)) {
                return Arrays.copyOfRange(withTopology(entry.clone(), 0, vcpuCount), 3, 7);
            }
        }
        return new int[4];
    }

    void install(int vcpuFd, int index, int vcpuCount) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment table =
                    arena.allocate(HEADER_BYTES + (long) entries.size() * ENTRY_BYTES, 8);
            table.set(JAVA_INT, 0, entries.size());
            long offset = HEADER_BYTES;
            for (int[] entry : entries) {
                int[] own = withTopology(entry.clone(), index, vcpuCount);
                for (int field = 0; field < own.length; field++) {
                    table.set(JAVA_INT, offset + field * 4L, own[field]);
                }
                offset += ENTRY_BYTES;
            }
            Kvm.check("KVM_SET_CPUID2", Ioctl.call(vcpuFd, KvmApi.SET_CPUID2, table));
        }
        if (seen == null) {
            seen = ask("KVM_GET_CPUID2", vcpuFd, KvmApi.GET_CPUID2);
        }
    }

    // An entry is struct kvm_cpuid_entry2: function, index, flags, EAX, EBX, ECX, EDX.

    private static boolean isShown(int function, int index) {
        return switch (function) {
            // Processor serial, monitor, thermal, performance counters; topology is our own.
            case 3, 5, 6, 9, 0xa, TOPOLOGY_LEAF -> false;
            case 7 -> index <= 1;
            case 0xd -> index <= LAST_STATE;
            case 0x8000_000a -> false;
            // Extended leaves (0x8000_0000 and up) are negative.
            default -> function <= LAST_LEAF;
        };
    }

    private void filter(int[] entry) {
        switch (entry[0]) {
            case 0 -> entry[3] = Math.min(entry[3], LAST_LEAF);
            case 1 -> entry[5] &= ~LEAF1_ECX_HIDDEN;
            case 7 -> {
                if (entry[1] == 0) {
                    entry[3] = Math.min(entry[3], 1);
                    entry[4] &= ~LEAF7_EBX_HIDDEN;
                    entry[5] &= LEAF7_ECX_SHOWN;
                    entry[6] &= LEAF7_EDX_SHOWN;
                } else {
                    entry[3] &= LEAF7_1_EAX_SHOWN;
                    entry[4] = 0;
                    entry[5] = 0;
                    entry[6] = 0;
                }
            }
            case 0xd -> filterExtendedState(entry);
            case 0x8000_0001 -> entry[5] &= ~EXTENDED_ECX_HIDDEN;
            case 0x8000_0008 -> entry[4] &= EXTENDED_8_EBX_SHOWN;
            default -> {}
        }
    }

    private void filterExtendedState(int[] entry) {
        if (entry[1] == 0) {
            entry[3] &= states;
            entry[6] = 0;
        } else if (entry[1] == 1) {
            entry[3] &= LEAF_D1_EAX_SHOWN;
            entry[5] = 0;
            entry[6] = 0;
        }
    }

    /** One socket with one single-threaded core per virtual processor. */
    private static int[] withTopology(int[] entry, int index, int vcpuCount) {
        int coreBits = 32 - Integer.numberOfLeadingZeros(Math.max(0, vcpuCount - 1));
        switch (entry[0]) {
            case 1 -> {
                entry[4] = (entry[4] & 0xffff) | (Math.min(vcpuCount, 255) << 16) | (index << 24);
                entry[6] = vcpuCount > 1 ? entry[6] | (1 << 28) : entry[6] & ~(1 << 28);
            }
            case 4 -> {
                int type = entry[3] & 0x1f;
                int level = (entry[3] >>> 5) & 7;
                if (type != 0) {
                    int sharing = level >= 3 ? (1 << coreBits) - 1 : 0;
                    entry[3] =
                            (entry[3] & 0x3fff) | (sharing << 14) | (((1 << coreBits) - 1) << 26);
                }
            }
            case TOPOLOGY_LEAF -> {
                boolean threads = entry[1] == 0;
                entry[3] = threads ? 0 : coreBits;
                entry[4] = threads ? 1 : vcpuCount;
                entry[5] = entry[1] | (threads ? 1 << 8 : 2 << 8);
                entry[6] = index;
            }
            case 0x8000_0008 -> entry[5] = vcpuCount > 1 ? (coreBits << 12) | (vcpuCount - 1) : 0;
            default -> {}
        }
        return entry;
    }
}
