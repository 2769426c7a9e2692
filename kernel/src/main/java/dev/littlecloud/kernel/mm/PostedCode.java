package dev.littlecloud.kernel.mm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.littlecloud.machine.Vcpu;
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
 * R11 is the base, and then a counter. Of the flags see {@link SiteForm}.
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

    static final int SYSCALL = 0x050f;
    static final int PATCHED_SYSCALL = Vcpu.PATCHED_SYSCALL & 0xffff;

    private static final int SITES = 0x400;

    /**
     * A site's part: where its jump goes to, where it comes back to, the code from the jump on, and
     * from the common part on.
     *
     * <p>A multiple of 16, so that no site's address ends in the number of the exit port: see {@link
     * #JUMP}.
     */
    private static final int SITE_BYTES = 48;

    private static final int RETURN = 8;
    private static final int HEAD = 16;
    private static final int TAIL = 32;

    /** So many processors can have calls answered at once, a slot each. */
    static final int SLOTS = 4;

    /**
     * {@code jmp *address} with a 32-bit absolute address, in the form whose third and fourth byte
     * are {@code in address & 0xff, %eax}, and whose last two are {@code add %al, (%rax)}: see {@link
     * SiteForm}.
     */
    private static final long JUMP = 0xe524ff;

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
     * @param form see {@link SiteForm}
     * @param next where it goes on: {@link #PAGE}, or first to what may know the answer
     */
    static void writeSite(
            MemorySegment ram, long page, int site, long address, long form, long next) {
        int offset = SITES + site * SITE_BYTES;
        long at = page + offset;
        ram.set(JAVA_LONG_UNALIGNED, at, PAGE + offset + HEAD);
        ram.set(JAVA_LONG_UNALIGNED, at + RETURN, SiteForm.end(address, form));
        int length = SiteForm.length(form);
        int head = HEAD;
        int tail = TAIL;
        if (SiteForm.isBehind(form)) {
            tail += write(ram, at + tail, form, length);
        } else {
            head += write(ram, at + head, form, length);
        }
        ram.set(JAVA_BYTE, at + head, (byte) 0xb9); // mov $tail, %ecx
        ram.set(JAVA_INT_UNALIGNED, at + head + 1, (int) tail(site));
        ram.set(JAVA_BYTE, at + head + 5, (byte) 0xe9); // jmp next
        ram.set(JAVA_INT_UNALIGNED, at + head + 6, (int) (next - PAGE) - (offset + head + 10));
        ram.set(JAVA_BYTE, at + tail, (byte) 0xff); // jmp *return
        ram.set(JAVA_BYTE, at + tail + 1, (byte) 0x24);
        ram.set(JAVA_BYTE, at + tail + 2, (byte) 0x25);
        ram.set(JAVA_INT_UNALIGNED, at + tail + 3, (int) PAGE + offset + RETURN);
    }

    private static int write(MemorySegment ram, long at, long bytes, int count) {
        for (int i = 0; i < count; i++) {
            ram.set(JAVA_BYTE, at + i, (byte) (bytes >> i * 8));
        }
        return count;
    }

    /** A byte of the jump that overwrites a site. */
    static byte jump(int site, int index) {
        return (byte) ((JUMP | (long) part(site) << 24) >> index * 8);
    }

    private static int part(int site) {
        return (int) PAGE + SITES + site * SITE_BYTES;
    }

    /** Where a call of a site goes on when its result is in RAX. */
    static long tail(int site) {
        return part(site) + TAIL;
    }

    /** Where a thread goes on that has come to a site by another way than its jump. */
    static long middle(int site, long form) {
        return SiteForm.isBehind(form) ? tail(site) : part(site) + HEAD + SiteForm.length(form);
    }

    /** What address a thread in a site's part has come to, as if nothing had been rewritten. */
    static long original(long rip, int site, long address, long form) {
        long inPart = rip - part(site);
        if (SiteForm.isBehind(form)) {
            boolean isDone = inPart > TAIL;
            return inPart < TAIL ? address : isDone ? SiteForm.end(address, form) : rip(address);
        }
        boolean isLoaded = inPart > HEAD;
        return inPart >= TAIL ? rip(address) : isLoaded ? address : SiteForm.start(address, form);
    }

    private static long rip(long address) {
        return address + SiteForm.CALL_BYTES;
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
