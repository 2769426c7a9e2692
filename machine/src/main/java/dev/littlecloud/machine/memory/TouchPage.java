package dev.littlecloud.machine.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.littlecloud.machine.GuestMemory;
import java.lang.foreign.MemorySegment;

/**
 * A page of the kernel half with a program in user mode that reads a byte of each page of a list, or
 * writes it as it is ({@link dev.littlecloud.machine.Machine#TOUCH_WRITE}), which changes nothing but
 * that the host then has translations of them. A program of the guest that jumps there can do nothing
 * but touch its own memory.
 *
 * <pre>
 * next:  lodsq
 *        test %rax,%rax
 *        jz   end
 *        test $1,%al
 *        jnz  write
 *        mov  (%rax),%al
 *        jmp  next
 * write: lock orb $0,-1(%rax)
 *        jmp  next
 * end:   out  %al,$EXIT_PORT
 * </pre>
 */
public final class TouchPage {
    /** Where the program begins. After a page fault it goes on there with the next page. */
    public static final long PROGRAM =
            KernelHalf.BASE + KernelHalf.TOUCH_PAGE * GuestMemory.PAGE_SIZE;

    private static final int LIST_OFFSET = 64;

    /** What RSI is to be at first. */
    public static final long LIST = PROGRAM + LIST_OFFSET;

    private static final int ENTRIES = ((int) GuestMemory.PAGE_SIZE - LIST_OFFSET) / 8;

    private static final byte[] CODE = {
        0x48,
        (byte) 0xad,
        0x48,
        (byte) 0x85,
        (byte) 0xc0,
        0x74,
        0x0f,
        (byte) 0xa8,
        0x01,
        0x75,
        0x04,
        (byte) 0x8a,
        0x00,
        (byte) 0xeb,
        (byte) 0xf1,
        (byte) 0xf0,
        (byte) 0x80,
        0x48,
        (byte) 0xff,
        0x00,
        (byte) 0xeb,
        (byte) 0xea,
        (byte) 0xe6,
        KernelHalf.EXIT_PORT,
        (byte) 0xf4
    };

    private final MemorySegment page;

    TouchPage(MemorySegment page) {
        this.page = page;
    }

    static void write(MemorySegment page) {
        MemorySegment.copy(CODE, 0, page, JAVA_BYTE, 0, CODE.length);
    }

    /** Makes a list of addresses from a position on, as far as there is room; answers how many. */
    public int list(long[] pages, int from) {
        int count = Math.min(pages.length - from, ENTRIES - 1);
        MemorySegment.copy(pages, from, page, JAVA_LONG, LIST_OFFSET, count);
        page.set(JAVA_LONG, LIST_OFFSET + count * 8L, 0);
        return count;
    }

    /** Takes the list away: programs of one process may not know where others have their pages. */
    public void clear() {
        page.asSlice(LIST_OFFSET).fill((byte) 0);
    }
}
