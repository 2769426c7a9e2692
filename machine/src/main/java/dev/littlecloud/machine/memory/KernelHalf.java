package dev.littlecloud.machine.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.littlecloud.machine.GuestMemory;
import dev.littlecloud.machine.PageTables;
import java.lang.foreign.MemorySegment;

/**
 * The machine's own pages, in the upper half of every address space: where {@code syscall} and
 * exceptions enter supervisor mode, and what the processor needs for that.
 *
 * <p>The stubs leave the machine at once by {@code out %al,$0x7e}; the exit's RIP says which one it
 * was. Where KVM is deprivileged they are readable and executable from user mode, because it runs
 * them there. A program that jumps into them can do nothing but that {@code out}, which any program
 * may do: the I/O bitmap of the TSS opens this port and no other. So a patched call site needs no
 * I/O privilege level, and {@code in}, {@code out} and {@code cli} fault as on Linux.
 *
 * <p>An exit of a stub is told from one of a program by the interrupt flag, which is always 1 in
 * programs (at IOPL 0 they cannot clear it) and which SFMASK and the interrupt gates clear. The
 * privilege level does not tell it: a deprivileged KVM leaves it at 3 after {@code syscall}.
 */
public final class KernelHalf {
    /**
     * KVM reports this port with RIP behind the instruction on all processors and versions; with
     * other ports some leave the rest of the instruction for the next entry
     * (KVM_X86_QUIRK_OUT_7E_INC_RIP).
     */
    public static final int EXIT_PORT = 0x7e;

    public static final int USER_CODE_SELECTOR = 0x33;
    public static final int USER_STACK_SELECTOR = 0x2b;
    public static final int SUPERVISOR_CODE_SELECTOR = 0x10;
    public static final int TASK_SELECTOR = 0x40;

    /** STAR: selectors that {@code syscall} loads, and those a {@code sysret} would. */
    public static final long STAR = (0x23L << 48) | ((long) SUPERVISOR_CODE_SELECTOR << 32);

    /** SFMASK: AC, NT, IOPL, DF, IF, TF. */
    public static final long SYSCALL_FLAG_MASK = 0x47700;

    public static final int EXCEPTIONS = 32;
    public static final int PAGE_FAULT = 14;

    /** Not at the lower end of the upper half: a KVM that runs deprivileged has itself there. */
    static final long BASE = 0xffff_ff00_0000_0000L;

    static final int ROOT_INDEX = 510;

    /** LSTAR. */
    public static final long SYSCALL_STUB = BASE;

    /** RIP at the exit of the system call stub. */
    public static final long SYSCALL_EXIT = SYSCALL_STUB + 2;

    /** An {@code iretq}, by which a processor that left from supervisor mode goes back. */
    public static final long RETURN_STUB = BASE + 0x10;

    public static final long EXCEPTION_STUBS = BASE + 0x100;
    public static final int EXCEPTION_STUB_SHIFT = 4;

    public static final long IDT = BASE + GuestMemory.PAGE_SIZE;
    public static final int IDT_LIMIT = EXCEPTIONS * 16 - 1;
    public static final long GDT = IDT + 0x800;
    public static final int GDT_LIMIT = 8 * 8 - 1;

    /** See {@link TouchPage}. */
    static final int TOUCH_PAGE = 2;

    private static final int FIRST_VCPU_PAGE = 16;

    /** After how many pages the leaf table is made. */
    private static final int LEAF_MADE = 2;

    /** After how many pages {@link #TOUCH_PAGE} is made. */
    private static final int TOUCH_PAGE_MADE = 5;

    /** {@code out %al,$EXIT_PORT; hlt}. The {@code hlt} is never reached. */
    private static final byte[] EXIT_CODE = {(byte) 0xe6, EXIT_PORT, (byte) 0xf4};

    /** {@code push %rax; mov %cr2,%rax} and the exit: saves fetching all system registers. */
    private static final byte[] PAGE_FAULT_CODE = {
        0x50, 0x0f, 0x20, (byte) 0xd0, (byte) 0xe6, EXIT_PORT, (byte) 0xf4
    };

    private static final byte[] RETURN_CODE = {0x48, (byte) 0xcf};

    /** Breakpoint and overflow may be raised by instructions of a program ({@code int3}). */
    private static final int BREAKPOINT = 3;

    private static final int OVERFLOW = 4;

    private final PageTableArea area;
    private final MemorySegment memory;
    private final long leaf;
    private final long rootEntry;

    KernelHalf(PageTableArea area, boolean stubsAreForUsers) {
        this.area = area;
        this.memory = area.segment();
        long third = area.allocate();
        long second = area.allocate();
        this.leaf = area.allocate();
        long flags = PageTables.PRESENT | PageTables.WRITABLE | PageTables.USER;
        this.rootEntry = PageTableArea.guestPhysical(third) | flags;
        memory.set(JAVA_LONG, third, PageTableArea.guestPhysical(second) | flags);
        memory.set(JAVA_LONG, second, PageTableArea.guestPhysical(leaf) | flags);
        addPage(0, writeStubs(), stubsAreForUsers ? PageTables.USER : 0);
        addPage(1, writeDescriptors(), PageTables.NO_EXECUTE);
        long touch = area.allocate();
        TouchPage.write(pageAt(touch));
        addPage(TOUCH_PAGE, touch, PageTables.USER);
    }

    /** The pages as an image has them: the first of the area, in the order they were made. */
    private KernelHalf(PageTableArea area) {
        this.area = area;
        this.memory = area.segment();
        this.leaf = area.firstOffset() + LEAF_MADE * GuestMemory.PAGE_SIZE;
        long flags = PageTables.PRESENT | PageTables.WRITABLE | PageTables.USER;
        this.rootEntry = PageTableArea.guestPhysical(area.firstOffset()) | flags;
    }

    static KernelHalf ofImage(PageTableArea area) {
        return new KernelHalf(area);
    }

    /** The page of a processor in an image. */
    public VcpuPage vcpuPage(int index) {
        return VcpuPage.made(pageOf(FIRST_VCPU_PAGE + index), vcpuPageAddress(index));
    }

    /** Where the program that touches pages is in an image: not looked up, which would map it. */
    long touchPageOfImage() {
        return area.firstOffset() + TOUCH_PAGE_MADE * GuestMemory.PAGE_SIZE;
    }

    /** The program that touches pages. */
    public TouchPage touchPage() {
        return new TouchPage(pageOf(TOUCH_PAGE));
    }

    private MemorySegment pageOf(int index) {
        long entry = memory.get(JAVA_LONG, leaf + index * 8L);
        return pageAt(PageTableArea.offsetOf(entry & PageTables.ADDRESS_MASK));
    }

    private MemorySegment pageAt(long offset) {
        return memory.asSlice(offset, GuestMemory.PAGE_SIZE);
    }

    /** Guest-virtual address of a processor's own page. */
    public static long vcpuPageAddress(int index) {
        return BASE + (FIRST_VCPU_PAGE + index) * GuestMemory.PAGE_SIZE;
    }

    long rootEntry() {
        return rootEntry;
    }

    /** Makes the task-state segment, the exception stack and the return frame of a processor. */
    public VcpuPage newVcpuPage(int index) {
        long offset = area.allocate();
        int page = FIRST_VCPU_PAGE + index;
        addPage(page, offset, PageTables.WRITABLE | PageTables.NO_EXECUTE);
        return new VcpuPage(pageAt(offset), vcpuPageAddress(index));
    }

    private void addPage(int index, long offset, long flags) {
        // Looked at by the processor or by KVM it would be marked, which makes a copy in each
        // clone.
        long marked = PageTables.PRESENT | PageTables.ACCESSED;
        long entry = PageTableArea.guestPhysical(offset) | marked | flags;
        memory.set(JAVA_LONG, leaf + index * 8L, entry);
    }

    private long writeStubs() {
        long page = area.allocate();
        write(page + (SYSCALL_STUB - BASE), EXIT_CODE);
        write(page + (RETURN_STUB - BASE), RETURN_CODE);
        long stubs = page + (EXCEPTION_STUBS - BASE);
        for (int vector = 0; vector < EXCEPTIONS; vector++) {
            write(
                    stubs + ((long) vector << EXCEPTION_STUB_SHIFT),
                    vector == PAGE_FAULT ? PAGE_FAULT_CODE : EXIT_CODE);
        }
        return page;
    }

    private void write(long offset, byte[] code) {
        MemorySegment.copy(code, 0, memory, JAVA_BYTE, offset, code.length);
    }

    /** SDM volume 3, 6.14.1 "64-bit Mode IDT" and 3.4.5 "Segment Descriptors". */
    private long writeDescriptors() {
        long page = area.allocate();
        for (int vector = 0; vector < EXCEPTIONS; vector++) {
            long handler = EXCEPTION_STUBS + ((long) vector << EXCEPTION_STUB_SHIFT);
            long gate = page + vector * 16L;
            boolean fromUser = vector == BREAKPOINT || vector == OVERFLOW;
            memory.set(JAVA_SHORT_UNALIGNED, gate, (short) handler);
            memory.set(JAVA_SHORT_UNALIGNED, gate + 2, (short) SUPERVISOR_CODE_SELECTOR);
            memory.set(JAVA_BYTE, gate + 4, (byte) VcpuPage.STACK_TABLE_INDEX);
            memory.set(JAVA_BYTE, gate + 5, (byte) (fromUser ? 0xee : 0x8e));
            memory.set(JAVA_SHORT_UNALIGNED, gate + 6, (short) (handler >>> 16));
            memory.set(JAVA_INT_UNALIGNED, gate + 8, (int) (handler >>> 32));
        }
        // Accessed bits are set beforehand, so that the processor never writes here. The user
        // selectors are those of Linux, without its 32-bit code segment.
        long gdt = page + (GDT - IDT);
        memory.set(JAVA_LONG_UNALIGNED, gdt + 0x10, 0x00af_9b00_0000_ffffL);
        memory.set(JAVA_LONG_UNALIGNED, gdt + 0x18, 0x00cf_9300_0000_ffffL);
        memory.set(JAVA_LONG_UNALIGNED, gdt + 0x28, 0x00cf_f300_0000_ffffL);
        memory.set(JAVA_LONG_UNALIGNED, gdt + 0x30, 0x00af_fb00_0000_ffffL);
        return page;
    }
}
