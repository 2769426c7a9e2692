package dev.littlecloud.machine.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.littlecloud.machine.GuestMemory;
import java.lang.foreign.MemorySegment;

/**
 * A virtual processor's own page in the upper half, for supervisor mode only: task-state segment
 * with I/O bitmap (SDM volume 3, 9.7), the frame an {@code iretq} takes, and the exception stack.
 */
public final class VcpuPage {
    /** All exceptions switch to this stack of the TSS, from wherever they come. */
    static final int STACK_TABLE_INDEX = 1;

    private static final int BITMAP = 0x68;
    private static final int BITMAP_BYTES = (KernelHalf.EXIT_PORT >> 3) + 1;

    /** The bitmap ends with a byte of ones, within the limit. */
    public static final int TASK_SEGMENT_LIMIT = BITMAP + BITMAP_BYTES;

    private static final int RETURN_FRAME = 0x100;
    private static final int STACK_TOP = (int) GuestMemory.PAGE_SIZE;

    private final MemorySegment page;
    private final long address;

    VcpuPage(MemorySegment page, long address) {
        this.page = page;
        this.address = address;
        long stack = address + STACK_TOP;
        page.set(JAVA_LONG_UNALIGNED, 0x04, stack);
        page.set(JAVA_LONG_UNALIGNED, 0x24, stack);
        page.set(JAVA_SHORT_UNALIGNED, 0x66, (short) BITMAP);
        page.asSlice(BITMAP, BITMAP_BYTES + 1L).fill((byte) 0xff);
        page.set(JAVA_BYTE, BITMAP + BITMAP_BYTES - 1L, (byte) ~(1 << (KernelHalf.EXIT_PORT & 7)));
    }

    private VcpuPage(long address, MemorySegment page) {
        this.page = page;
        this.address = address;
    }

    /** A page that came with an image, whose content is there. */
    static VcpuPage made(MemorySegment page, long address) {
        return new VcpuPage(address, page);
    }

    /** Guest-virtual address of the task-state segment. */
    public long taskSegment() {
        return address;
    }

    /** Guest-virtual address of the return frame, to be RSP when {@code iretq} runs. */
    public long returnFrame() {
        return address + RETURN_FRAME;
    }

    public void writeReturnFrame(long rip, long rflags, long rsp) {
        page.set(JAVA_LONG, RETURN_FRAME, rip);
        page.set(JAVA_LONG, RETURN_FRAME + 8, KernelHalf.USER_CODE_SELECTOR);
        page.set(JAVA_LONG, RETURN_FRAME + 16, rflags);
        page.set(JAVA_LONG, RETURN_FRAME + 24, rsp);
        page.set(JAVA_LONG, RETURN_FRAME + 32, KernelHalf.USER_STACK_SELECTOR);
    }

    public long returnRip() {
        return page.get(JAVA_LONG, RETURN_FRAME);
    }

    public long returnRflags() {
        return page.get(JAVA_LONG, RETURN_FRAME + 16);
    }

    public long returnRsp() {
        return page.get(JAVA_LONG, RETURN_FRAME + 24);
    }

    public long exceptionRip() {
        return page.get(JAVA_LONG, STACK_TOP - 40);
    }

    public long exceptionCodeSelector() {
        return page.get(JAVA_LONG, STACK_TOP - 32);
    }

    public long exceptionRflags() {
        return page.get(JAVA_LONG, STACK_TOP - 24);
    }

    public long exceptionRsp() {
        return page.get(JAVA_LONG, STACK_TOP - 16);
    }

    /** For vectors that have one. */
    public long exceptionErrorCode() {
        return page.get(JAVA_LONG, STACK_TOP - 48);
    }

    /** What the page-fault stub pushed. */
    public long pageFaultRax() {
        return page.get(JAVA_LONG, STACK_TOP - 56);
    }
}
