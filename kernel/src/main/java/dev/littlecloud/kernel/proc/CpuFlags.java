package dev.littlecloud.kernel.proc;

/** Names of CPUID's feature bits as Linux prints them, in its order; cpufeatures.h. */
final class CpuFlags {
    private static final String LEAF_1_EDX =
            "fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge mca cmov pat pse36 pn clflush"
                    + " - dts acpi mmx fxsr sse sse2 ss ht tm ia64 pbe";
    private static final String EXTENDED_1_EDX =
            "- - - - - - - - - - - syscall - - - - - - - mp nx - mmxext - - fxsr_opt pdpe1gb rdtscp"
                    + " - lm 3dnowext 3dnow";
    private static final String LEAF_1_ECX =
            "pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid sdbg fma cx16 xtpr pdcm"
                    + " - pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave -"
                    + " avx f16c rdrand hypervisor";
    private static final String EXTENDED_1_ECX =
            "lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw ibs"
                    + " xop skinit wdt - lwp fma4 tce - nodeid_msr - tbm topoext perfctr_core"
                    + " perfctr_nb - bpext ptsc perfctr_llc mwaitx - -";
    private static final String LEAF_7_EBX =
            "fsgsbase tsc_adjust sgx bmi1 hle avx2 - smep bmi2 erms invpcid rtm cqm - mpx rdt_a"
                    + " avx512f avx512dq rdseed adx smap avx512ifma - clflushopt clwb intel_pt"
                    + " avx512pf avx512er avx512cd sha_ni avx512bw avx512vl";
    private static final String LEAF_D_1_EAX = "xsaveopt xsavec xgetbv1 xsaves";
    private static final String LEAF_7_1_EAX = "- - - - avx_vnni avx512_bf16";
    private static final String EXTENDED_8_EBX = "clzero irperf xsaveerptr";
    private static final String LEAF_7_ECX =
            "- avx512vbmi umip pku ospke waitpkg avx512_vbmi2 - gfni vaes vpclmulqdq avx512_vnni"
                    + " avx512_bitalg tme avx512_vpopcntdq - la57 - - - - - rdpid - bus_lock_detect"
                    + " cldemote - movdiri movdir64b enqcmd";
    private static final String LEAF_7_EDX =
            "- - avx512_4vnniw avx512_4fmaps fsrm - - - avx512_vp2intersect - md_clear - - - serialize";

    private CpuFlags() {}

    static String names(Cpuid cpuid) {
        StringBuilder names = new StringBuilder(900);
        int[] leaf1 = cpuid.leaf(1, 0);
        int[] extended1 = cpuid.leaf(0x8000_0001, 0);
        int[] leaf7 = cpuid.leaf(7, 0);
        add(names, leaf1[3], LEAF_1_EDX);
        add(names, extended1[3], EXTENDED_1_EDX);
        // The clock of an instance is the time-stamp counter, at one rate and never stopped.
        names.append("constant_tsc rep_good nopl nonstop_tsc cpuid tsc_known_freq ");
        add(names, leaf1[2], LEAF_1_ECX);
        add(names, extended1[2], EXTENDED_1_ECX);
        add(names, leaf7[1], LEAF_7_EBX);
        add(names, cpuid.leaf(0xd, 1)[0], LEAF_D_1_EAX);
        add(names, cpuid.leaf(7, 1)[0], LEAF_7_1_EAX);
        add(names, cpuid.leaf(0x8000_0008, 0)[1], EXTENDED_8_EBX);
        add(names, leaf7[2], LEAF_7_ECX);
        add(names, leaf7[3], LEAF_7_EDX);
        return names.toString().strip();
    }

    private static void add(StringBuilder names, int bits, String table) {
        String[] byBit = table.split(" ");
        for (int bit = 0; bit < byBit.length; bit++) {
            if ((bits >>> bit & 1) != 0 && !byBit[bit].equals("-")) {
                names.append(byBit[bit]).append(' ');
            }
        }
    }
}
