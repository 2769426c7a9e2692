package dev.littlecloud.kernel.mm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/**
 * The code in a program's address space that makes a system call without leaving the guest: it
 * writes the call into a slot that a thread of ours watches on another processor, and waits for the
 * answer. Where nobody takes the call within some microseconds it withdraws it and leaves. Each
 * processor has a slot of its own, which its thread finds by its FS base ({@link PostedSlot}).
 *
 * <p>It lies below the lowest address that programs may map, and so at the same place in all of
 * them. It uses what {@code syscall} destroys, and no stack: RCX says by which site it was entered,
 * R11 is the base, and then a counter. The flags are set by the comparison that follows each call.
 *
 * <p>The slot is shared with a program that may be hostile. What is read from it is copied once and
 * then treated like the registers of a call; what the program can spoil is its own.
 */
final class PostedCode {
    /** The page of code: the common part and a part for each site. */
    static final long PAGE = 0xd000;

    /** The page that a program and the kernel both write. */
    static final long SLOT_PAGE = 0xe000;

    static final int MAX_SITES = 64;

    /**
     * A site: {@code syscall; cmp $number, %rax}, or the same with {@code %eax}, which is a byte
     * shorter. The first seven bytes are overwritten.
     */
    static final int LONGEST_SITE = 8;

    private static final int SYSCALL_BYTES = 2;
    private static final int COMPARE_BYTES = 6;

    /** REX.W, by which {@code cmp $number, %eax} becomes the longer one. */
    private static final byte WIDE = 0x48;

    private static final byte COMPARE = 0x3d;
    private static final byte NOP = (byte) 0x90;

    private static final int SITES = 0x400;

    /**
     * A site's part: where its jump goes to, where it comes back to, the code from there on.
     *
     * <p>A multiple of 16, so that no site's address ends in the number of the exit port: see {@link
     * #JUMP}.
     */
    private static final int SITE_BYTES = 48;

    private static final int RETURN = 8;
    private static final int HEAD = 16;
    private static final int TAIL = HEAD + 10;
    private static final int TAIL_JUMP = TAIL + COMPARE_BYTES;

    /** So many processors can have calls answered at once, a slot each. */
    static final int SLOTS = 4;

    /**
     * {@code jmp *address} with a 32-bit absolute address, in the form whose third and fourth byte
     * are {@code in address & 0xff, %eax}: a thread that comes to where the comparison was faults
     * there, and is told from others by that.
     */
    private static final int JUMP = 0xe524ff;

    /** {@code rdfsbase %r11} */
    private static final byte[] READ_BASE = HexFormat.of().parseHex("f3490faec3");

    /** {@code cmp %r11, key; je slot} */
    private static final byte[] TEST_KEY = HexFormat.of().parseHex("4c391c25000000000f8400000000");

    /** {@code out %al, $0x7e; jmp *%rcx} */
    private static final byte[] WAY_OUT = HexFormat.of().parseHex("e67effe1");

    private static final int LEAVES_AT = READ_BASE.length + SLOTS * TEST_KEY.length;
    private static final int SLOT_CODE = 0x50;

    /** The {@code out} by which a call leaves that is not answered here. */
    static final long LEAVE = PAGE + LEAVES_AT;

    private PostedCode() {}

    static void writeCommon(MemorySegment ram, long page) {
        MemorySegment.copy(READ_BASE, 0, ram, JAVA_BYTE, page, READ_BASE.length);
        int at = READ_BASE.length;
        for (int slot = 0; slot < SLOTS; slot++) {
            MemorySegment.copy(TEST_KEY, 0, ram, JAVA_BYTE, page + at, TEST_KEY.length);
            int key = (int) SLOT_PAGE + slot * PostedSlot.BYTES + PostedSlot.KEY;
            ram.set(JAVA_INT_UNALIGNED, page + at + 4, key);
            at += TEST_KEY.length;
            int code = SLOT_CODE + slot * SlotCode.BYTES;
            ram.set(JAVA_INT_UNALIGNED, page + at - 4, code - at);
            SlotCode.write(ram, page + code, slot * PostedSlot.BYTES, LEAVES_AT - code);
        }
        MemorySegment.copy(WAY_OUT, 0, ram, JAVA_BYTE, page + at, WAY_OUT.length);
    }

    /**
     * Writes the part of one site.
     *
     * @param address the site's, in the program
     * @param compare the instruction that follows the call; see {@link #compare}
     */
    static void writeSite(MemorySegment ram, long page, int site, long address, long compare) {
        int offset = SITES + site * SITE_BYTES;
        long at = page + offset;
        ram.set(JAVA_LONG_UNALIGNED, at, PAGE + offset + HEAD);
        int length = (byte) compare == WIDE ? COMPARE_BYTES : COMPARE_BYTES - 1;
        ram.set(JAVA_LONG_UNALIGNED, at + RETURN, address + SYSCALL_BYTES + length);
        ram.set(JAVA_BYTE, at + HEAD, (byte) 0xb9); // mov $tail, %ecx
        ram.set(JAVA_INT_UNALIGNED, at + HEAD + 1, (int) tail(site));
        ram.set(JAVA_BYTE, at + HEAD + 5, (byte) 0xe9); // jmp common
        ram.set(JAVA_INT_UNALIGNED, at + HEAD + 6, -(offset + TAIL));
        for (int i = 0; i < COMPARE_BYTES; i++) {
            ram.set(JAVA_BYTE, at + TAIL + i, i < length ? (byte) (compare >> i * 8) : NOP);
        }
        ram.set(JAVA_BYTE, at + TAIL_JUMP, (byte) 0xff); // jmp *return
        ram.set(JAVA_BYTE, at + TAIL_JUMP + 1, (byte) 0x24);
        ram.set(JAVA_BYTE, at + TAIL_JUMP + 2, (byte) 0x25);
        ram.set(JAVA_INT_UNALIGNED, at + TAIL_JUMP + 3, (int) PAGE + offset + RETURN);
    }

    /** Writes the jump of a site over its instructions. */
    static void writeJump(MemorySegment ram, long offset, int site) {
        ram.set(JAVA_INT_UNALIGNED, offset, JUMP | part(site) << 24);
        ram.set(JAVA_INT_UNALIGNED, offset + 3, part(site));
    }

    static boolean isJump(MemorySegment ram, long offset, int site) {
        return ram.get(JAVA_INT_UNALIGNED, offset) == (JUMP | part(site) << 24)
                && ram.get(JAVA_INT_UNALIGNED, offset + 3) == part(site);
    }

    /** The bytes of the comparison that has to follow the call at {@code offset}; 0 without one. */
    static long compare(MemorySegment code, long offset) {
        long bytes = code.get(JAVA_LONG_UNALIGNED, offset) >>> SYSCALL_BYTES * 8;
        byte first = (byte) bytes;
        return first == COMPARE || (first == WIDE && (byte) (bytes >> 8) == COMPARE) ? bytes : 0;
    }

    private static int part(int site) {
        return (int) PAGE + SITES + site * SITE_BYTES;
    }

    /** Where a call of a site goes on when its result is in RAX. */
    static long tail(int site) {
        return part(site) + TAIL;
    }

    /** The site that RCX names in the common part, or -1. */
    static int siteOf(long rcx) {
        long distance = rcx - tail(0);
        return distance >= 0 && distance < MAX_SITES * SITE_BYTES && distance % SITE_BYTES == 0
                ? (int) (distance / SITE_BYTES)
                : -1;
    }

    static boolean contains(long address) {
        return address >= PAGE && address < SLOT_PAGE + Frames.SIZE;
    }

    /** The site in whose own part a thread is at {@code rip}, or -1. */
    static int partAt(long rip) {
        long distance = rip - part(0);
        return distance >= 0 && distance < MAX_SITES * SITE_BYTES
                ? (int) (distance / SITE_BYTES)
                : -1;
    }

    /** Whether the thread is there on its way back. */
    static boolean isTail(long rip, int site) {
        return rip >= tail(site);
    }

    /** Whether a thread that is at {@code rip} is in the code that all sites share. */
    static boolean isCommon(long rip) {
        return rip >= PAGE && rip < PAGE + SLOT_CODE + SLOTS * SlotCode.BYTES;
    }

    /** The slot in whose code a thread is at {@code rip} of the common part; -1 before that. */
    static int slotAt(long rip) {
        long distance = rip - PAGE - SLOT_CODE;
        return distance < 0 ? -1 : (int) (distance / SlotCode.BYTES);
    }

    /** How far it is in that slot's code. */
    static long inSlotCode(long rip) {
        return (rip - PAGE - SLOT_CODE) % SlotCode.BYTES;
    }
}
