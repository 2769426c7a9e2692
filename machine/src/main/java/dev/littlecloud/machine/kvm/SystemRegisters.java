package dev.littlecloud.machine.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.littlecloud.machine.memory.KernelHalf;
import dev.littlecloud.machine.memory.VcpuPage;
import java.lang.foreign.MemorySegment;

/** struct kvm_sregs of a processor in 64-bit user mode. Built once, copied at need. */
final class SystemRegisters {
    // SDM volume 3, 2.5 "Control Registers". SMEP and SMAP stay off: stubs may be user pages.
    private static final long CR0_PE_MP_ET_NE_WP_AM_PG = 0x8005_0033L;
    private static final long CR4_PAE_OSFXSR_OSXMMEXCPT = (1 << 5) | (1 << 9) | (1 << 10);
    private static final long CR4_FSGSBASE_OSXSAVE = (1 << 16) | (1 << 18);
    private static final long EFER_SCE_LME_LMA_NXE = 1 | (1 << 8) | (1 << 10) | (1 << 11);

    private static final int CODE = 11;
    private static final int DATA = 3;
    private static final int BUSY_TASK = 11;
    private static final int USER = 3;

    private SystemRegisters() {}

    /** Fills a structure that KVM_GET_SREGS filled after the processor was made. */
    static void writeUserMode(MemorySegment sregs, long taskSegment) {
        sregs.set(JAVA_LONG, KvmApi.SREGS_CR0, CR0_PE_MP_ET_NE_WP_AM_PG);
        sregs.set(JAVA_LONG, KvmApi.SREGS_CR4, CR4_PAE_OSFXSR_OSXMMEXCPT | CR4_FSGSBASE_OSXSAVE);
        sregs.set(JAVA_LONG, KvmApi.SREGS_EFER, EFER_SCE_LME_LMA_NXE);
        segment(sregs, KvmApi.SREGS_CS, KernelHalf.USER_CODE_SELECTOR, CODE, true);
        segment(sregs, KvmApi.SREGS_SS, KernelHalf.USER_STACK_SELECTOR, DATA, false);
        for (int offset :
                new int[] {
                    KvmApi.SREGS_DS,
                    KvmApi.SREGS_ES,
                    KvmApi.SREGS_FS,
                    KvmApi.SREGS_GS,
                    KvmApi.SREGS_LDT
                }) {
            noSegment(sregs, offset);
        }
        noSegment(sregs, KvmApi.SREGS_TR);
        sregs.set(JAVA_LONG, KvmApi.SREGS_TR, taskSegment);
        sregs.set(JAVA_INT, KvmApi.SREGS_TR + 8, VcpuPage.TASK_SEGMENT_LIMIT);
        sregs.set(JAVA_SHORT, KvmApi.SREGS_TR + 12, (short) KernelHalf.TASK_SELECTOR);
        sregs.set(JAVA_BYTE, KvmApi.SREGS_TR + 14, (byte) BUSY_TASK);
        sregs.set(JAVA_BYTE, KvmApi.SREGS_TR + 15, (byte) 1);
        sregs.set(JAVA_BYTE, KvmApi.SREGS_TR + 22, (byte) 0);
        sregs.set(JAVA_LONG, KvmApi.SREGS_GDT, KernelHalf.GDT);
        sregs.set(JAVA_SHORT, KvmApi.SREGS_GDT + 8, (short) KernelHalf.GDT_LIMIT);
        sregs.set(JAVA_LONG, KvmApi.SREGS_IDT, KernelHalf.IDT);
        sregs.set(JAVA_SHORT, KvmApi.SREGS_IDT + 8, (short) KernelHalf.IDT_LIMIT);
    }

    // struct kvm_segment: base, limit (8), selector (12), type (14), present (15), dpl (16),
    // db (17), s (18), l (19), g (20), avl (21), unusable (22).

    private static void segment(
            MemorySegment sregs, int offset, int selector, int type, boolean code) {
        sregs.asSlice(offset, 24).fill((byte) 0);
        sregs.set(JAVA_INT, offset + 8L, 0xffff_ffff);
        sregs.set(JAVA_SHORT, offset + 12L, (short) selector);
        sregs.set(JAVA_BYTE, offset + 14L, (byte) type);
        sregs.set(JAVA_BYTE, offset + 15L, (byte) 1);
        sregs.set(JAVA_BYTE, offset + 16L, (byte) USER);
        sregs.set(JAVA_BYTE, offset + 17L, (byte) (code ? 0 : 1));
        sregs.set(JAVA_BYTE, offset + 18L, (byte) 1);
        sregs.set(JAVA_BYTE, offset + 19L, (byte) (code ? 1 : 0));
        sregs.set(JAVA_BYTE, offset + 20L, (byte) 1);
    }

    private static void noSegment(MemorySegment sregs, int offset) {
        sregs.asSlice(offset, 24).fill((byte) 0);
        sregs.set(JAVA_BYTE, offset + 22L, (byte) 1);
    }
}
