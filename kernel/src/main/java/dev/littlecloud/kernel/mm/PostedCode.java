package dev.littlecloud.kernel.mm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/**
 * The code in a program's address space that makes a system call without leaving the guest: it
 * writes the call into a slot that a thread of ours watches on another processor, and waits for the
 * answer. Where nobody takes the call within some microseconds it withdraws it and leaves.
 *
 * <p>It lies below the lowest address that programs may map, and so at the same place in all of
 * them. It uses what {@code syscall} destroys, and no stack: RCX says by which site it was entered,
 * R11 is a counter. The flags are set by the comparison that follows each call.
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

    private static final int SITES = 0x100;

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

    // Fields of the slot.

    /** 1 while a thread makes a call. */
    static final int CLAIM = 0;

    /** Whether somebody watches; written by the kernel. */
    static final int WATCHED = 4;

    static final int STATE = 8;
    static final int RESULT = 16;
    static final int NUMBER = 24;
    static final int ARGUMENTS = 32;

    // States of a call.
    static final int NONE = 0;
    static final int POSTED = 1;
    static final int TAKEN = 2;
    static final int ANSWERED = 3;

    /** The program is to leave the guest with the call. */
    static final int REFUSED = 4;

    /**
     * {@code jmp *address} with a 32-bit absolute address, in the form whose third and fourth byte
     * are {@code in address & 0xff, %eax}: a thread that comes to where the comparison was faults
     * there, and is told from others by that.
     */
    private static final int JUMP = 0xe524ff;

    // Offsets in the common part.
    private static final int CLAIMING = 0x14;
    private static final int CLAIM_TESTED = 0x25;
    private static final int POSTED_AT = 0x6e;
    private static final int ANSWERED_AT = 0x9a;
    private static final int RESULT_KNOWN_AT = 0xa2;
    private static final int RETURNS_AT = 0xb8;
    private static final int WITHDRAWN_AT = 0xba;
    private static final int LEAVES_AT = 0xd8;

    /** The {@code out} by which a call leaves that is not answered here. */
    static final long LEAVE = PAGE + LEAVES_AT;

    private static final byte[] COMMON =
            HexFormat.of()
                    .parseHex(
                            "833c2504e0000000" // cmpl $0, watched
                                    + "0f84ca000000" // je leave
                                    + "41bb01000000" // mov $1, %r11d
                                    + "44871c2500e00000" // xchg %r11d, claim
                                    + "4585db" // test %r11d, %r11d
                                    + "0f85b3000000" // jne leave
                                    + "48893c2520e00000" // mov %rdi, arguments
                                    + "4889342528e00000" // mov %rsi, arguments + 8
                                    + "4889142530e00000" // mov %rdx, arguments + 16
                                    + "4c89142538e00000" // mov %r10, arguments + 24
                                    + "4c89042540e00000" // mov %r8, arguments + 32
                                    + "4c890c2548e00000" // mov %r9, arguments + 40
                                    + "4889042518e00000" // mov %rax, number
                                    + "41bb90010000" // mov $400, %r11d
                                    + "c7042508e0000001000000" // movl $POSTED, state
                                    + "f390" // wait: pause
                                    + "833c2508e0000003" // cmpl $ANSWERED, state
                                    + "731e" // jae over
                                    + "41ffcb" // dec %r11d
                                    + "75ef" // jne wait
                                    + "b801000000" // mov $POSTED, %eax
                                    + "f0440fb11c2508e00000" // lock cmpxchg %r11d, state
                                    + "742a" // je withdrawn
                                    + "41bb90010000" // mov $400, %r11d
                                    + "ebd6" // jmp wait
                                    + "7520" // over: jne withdrawn
                                    + "488b042510e00000" // mov result, %rax
                                    + "c7042508e0000000000000" // movl $NONE, state
                                    + "c7042500e0000000000000" // movl $0, claim
                                    + "ffe1" // jmp *%rcx
                                    + "488b042518e00000" // withdrawn: mov number, %rax
                                    + "c7042508e0000000000000" // movl $NONE, state
                                    + "c7042500e0000000000000" // movl $0, claim
                                    + "e67e" // leave: out %al, $0x7e
                                    + "ffe1"); // jmp *%rcx

    private PostedCode() {}

    static void writeCommon(MemorySegment ram, long page) {
        MemorySegment.copy(COMMON, 0, ram, JAVA_BYTE, page, COMMON.length);
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

    static boolean isCommon(long rip) {
        return rip >= PAGE && rip < PAGE + COMMON.length;
    }

    /** Whether a thread that is at {@code rip} in the common part has claimed the slot. */
    static boolean hasClaim(long rip, long r11) {
        long at = rip - PAGE;
        return at > CLAIMING
                && at < LEAVES_AT
                && at != RETURNS_AT
                && (at >= CLAIM_TESTED || (int) r11 == 0);
    }

    /** Whether RAX is the call's number there. */
    static boolean hasNumber(long rip) {
        long at = rip - PAGE;
        return at < POSTED_AT || at > WITHDRAWN_AT;
    }

    /** Whether RAX is the call's result there. */
    static boolean hasResult(long rip) {
        long at = rip - PAGE;
        return at >= RESULT_KNOWN_AT && at <= RETURNS_AT;
    }

    /** Whether the thread has seen there that its call was answered. */
    static boolean hasSeenAnswer(long rip) {
        return rip - PAGE == ANSWERED_AT;
    }
}
