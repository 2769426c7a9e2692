package dev.littlecloud.machine.kvm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.littlecloud.machine.Registers;
import java.lang.foreign.MemorySegment;

/**
 * The registers of a virtual processor in the area it shares with KVM (struct kvm_regs), and the
 * segment bases and page-table root, which travel another way and only when they change.
 */
final class KvmRegisters implements Registers {
    /** Flags a user program may change: CF PF AF ZF SF TF DF OF NT RF AC ID. */
    private static final long USER_FLAGS = 0x25_4dd5;

    /** Bit 1 is always set; the interrupt flag is how user mode is told from supervisor mode. */
    private static final long FIXED_FLAGS = 0x202;

    static final long INTERRUPT_FLAG = 0x200;

    private static final int IMAGE_LONGS = RFLAGS + 1;

    private final KvmVcpu vcpu;
    private final MemorySegment area;
    private long fsBase;
    private long gsBase;
    private long root;

    /** Whether {@link #fsBase} and {@link #gsBase} are what the processor has. */
    private boolean fsKnown = true;

    private boolean gsKnown = true;
    private boolean generalDirty = true;
    private boolean systemDirty = true;

    KvmRegisters(KvmVcpu vcpu, MemorySegment area) {
        this.vcpu = vcpu;
        this.area = area;
        rflags(0);
    }

    @Override
    public long get(int position) {
        return switch (position) {
            case RFLAGS -> rflags();
            case FS_BASE -> fsBase();
            case GS_BASE -> gsBase();
            default -> general(position);
        };
    }

    @Override
    public void set(int position, long value) {
        switch (position) {
            case RFLAGS -> rflags(value);
            case FS_BASE -> fsBase(value);
            case GS_BASE -> gsBase(value);
            default -> general(position, value);
        }
    }

    @Override
    public void save(long[] image) {
        MemorySegment.copy(area, JAVA_LONG, 0, image, 0, IMAGE_LONGS);
        image[RFLAGS] = rflags();
        image[FS_BASE] = fsBase();
        image[GS_BASE] = gsBase();
    }

    @Override
    public void load(long[] image) {
        MemorySegment.copy(image, 0, area, JAVA_LONG, 0, IMAGE_LONGS);
        rflags(image[RFLAGS]);
        fsBase(image[FS_BASE]);
        gsBase(image[GS_BASE]);
    }

    @Override
    public long rax() {
        return general(RAX);
    }

    @Override
    public void rax(long value) {
        general(RAX, value);
    }

    @Override
    public long rbx() {
        return general(RBX);
    }

    @Override
    public void rbx(long value) {
        general(RBX, value);
    }

    @Override
    public long rcx() {
        return general(RCX);
    }

    @Override
    public void rcx(long value) {
        general(RCX, value);
    }

    @Override
    public long rdx() {
        return general(RDX);
    }

    @Override
    public void rdx(long value) {
        general(RDX, value);
    }

    @Override
    public long rsi() {
        return general(RSI);
    }

    @Override
    public void rsi(long value) {
        general(RSI, value);
    }

    @Override
    public long rdi() {
        return general(RDI);
    }

    @Override
    public void rdi(long value) {
        general(RDI, value);
    }

    @Override
    public long rsp() {
        return general(RSP);
    }

    @Override
    public void rsp(long value) {
        general(RSP, value);
    }

    @Override
    public long rbp() {
        return general(RBP);
    }

    @Override
    public void rbp(long value) {
        general(RBP, value);
    }

    @Override
    public long r8() {
        return general(R8);
    }

    @Override
    public void r8(long value) {
        general(R8, value);
    }

    @Override
    public long r9() {
        return general(R9);
    }

    @Override
    public void r9(long value) {
        general(R9, value);
    }

    @Override
    public long r10() {
        return general(R10);
    }

    @Override
    public void r10(long value) {
        general(R10, value);
    }

    @Override
    public long r11() {
        return general(R11);
    }

    @Override
    public void r11(long value) {
        general(R11, value);
    }

    @Override
    public long r12() {
        return general(R12);
    }

    @Override
    public void r12(long value) {
        general(R12, value);
    }

    @Override
    public long r13() {
        return general(R13);
    }

    @Override
    public void r13(long value) {
        general(R13, value);
    }

    @Override
    public long r14() {
        return general(R14);
    }

    @Override
    public void r14(long value) {
        general(R14, value);
    }

    @Override
    public long r15() {
        return general(R15);
    }

    @Override
    public void r15(long value) {
        general(R15, value);
    }

    @Override
    public long rip() {
        return general(RIP);
    }

    @Override
    public void rip(long value) {
        general(RIP, value);
    }

    @Override
    public long rflags() {
        return (general(RFLAGS) & USER_FLAGS) | FIXED_FLAGS;
    }

    @Override
    public void rflags(long value) {
        general(RFLAGS, (value & USER_FLAGS) | FIXED_FLAGS);
    }

    @Override
    public long fsBase() {
        if (!fsKnown) {
            fetchBases();
        }
        return fsBase;
    }

    @Override
    public void fsBase(long value) {
        if (!fsKnown || fsBase != value) {
            fsBase = value;
            fsKnown = true;
            systemDirty = true;
        }
    }

    @Override
    public long knownFsBase() {
        return fsBase;
    }

    @Override
    public long gsBase() {
        if (!gsKnown) {
            fetchBases();
        }
        return gsBase;
    }

    @Override
    public void gsBase(long value) {
        if (!gsKnown || gsBase != value) {
            gsBase = value;
            gsKnown = true;
            systemDirty = true;
        }
    }

    @Override
    public long pageTableRoot() {
        return root;
    }

    @Override
    public void pageTableRoot(long value) {
        if (root != value) {
            root = value;
            systemDirty = true;
        }
    }

    private void fetchBases() {
        vcpu.fetchSystemRegisters();
        if (!fsKnown) {
            fsBase = vcpu.fetchedBase(KvmApi.SREGS_FS);
            fsKnown = true;
        }
        if (!gsKnown) {
            gsBase = vcpu.fetchedBase(KvmApi.SREGS_GS);
            gsKnown = true;
        }
    }

    // For the virtual processor.

    boolean isGeneralDirty() {
        return generalDirty;
    }

    boolean isSystemDirty() {
        return systemDirty;
    }

    /** The guest has run and left the bases behind, or not: then they are fetched at need. */
    void afterRun() {
        fsKnown = false;
        gsKnown = false;
        generalDirty = false;
        systemDirty = false;
    }

    /** The raw flags of the mode the processor was left in. */
    long rawFlags() {
        return area.get(JAVA_LONG, RFLAGS * 8L);
    }

    private long general(int position) {
        return area.get(JAVA_LONG, position * 8L);
    }

    private void general(int position, long value) {
        area.set(JAVA_LONG, position * 8L, value);
        generalDirty = true;
    }
}
