package dev.littlecloud.kernel.mm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/**
 * The code in a program's address space that looks a call up in {@link KnownLookups} and answers it
 * there. Each call site that asks for a path has a copy, so that the call's number and the way back
 * are constants: it uses nothing but the three registers that {@code syscall} destroys, and writes
 * nothing but what the call would. What it does not find goes on to {@link PostedCode}.
 */
final class LookupCode {
    /** The page of code: a part for each site, and what identifies it. */
    static final long PAGE = 0xc000;

    static final int MAX_PARTS = 16;

    private static final int PART_BYTES = Frames.SIZE / MAX_PARTS;

    /**
     * In a site's part: the number of the call and for whom it is made, as {@link KnownLookups#subject}
     * has it; 0 while nothing is answered.
     */
    private static final int SUBJECT = 0xf8;

    /** For {@code readlink(path = %rdi, buffer, size = %edx)}, with the subject of the first site. */
    private static final byte[] CODE =
            HexFormat.of()
                    .parseHex(
                            "3d00000000" // cmp $number, %eax
                                    + "0f85c0000000" // jne other
                                    + "448b1c25f8c00000" // mov subject, %r11d
                                    + "4585db" // test %r11d, %r11d
                                    + "0f84a5000000" // je unknown
                                    + "803f2f" // cmpb $'/', (%rdi)
                                    + "0f859c000000" // jne unknown
                                    + "4131d3" // xor %edx, %r11d
                                    + "31c9" // xor %ecx, %ecx
                                    + "0fb6040f" // hash: movzbl (%rdi, %rcx), %eax
                                    + "85c0" // test %eax, %eax
                                    + "7417" // je hashed
                                    + "4131c3" // xor %eax, %r11d
                                    + "4569db95e9d15b" // imul $FACTOR, %r11d, %r11d
                                    + "41c1cb0f" // ror $ROTATION, %r11d
                                    + "ffc1" // inc %ecx
                                    + "83f96f" // cmp $MAX_PATH + 1, %ecx
                                    + "72e3" // jb hash
                                    + "eb78" // jmp unknown
                                    + "4569db6d3c1b2c" // hashed: imul $LAST_FACTOR, %r11d, %r11d
                                    + "4489d9" // mov %r11d, %ecx
                                    + "c1e918" // shr $24, %ecx
                                    + "c1e107" // shl $7, %ecx
                                    + "81c100400000" // add $TABLE, %ecx
                                    + "443919" // cmp %r11d, (%rcx)
                                    + "7406" // je found
                                    + "81f180000000" // xor $ENTRY_BYTES, %ecx
                                    + "488b01" // found: mov (%rcx), %rax
                                    + "4139c3" // cmp %eax, %r11d
                                    + "754f" // jne unknown
                                    + "40395108" // cmp %edx, KEY(%rcx)
                                    + "7549" // jne unknown
                                    + "448b590c" // mov SUBJECT(%rcx), %r11d
                                    + "44391c25f8c00000" // cmp %r11d, subject
                                    + "753b" // jne unknown
                                    + "48c1e820" // shr $32, %rax
                                    + "48c1e020" // shl $32, %rax
                                    + "4809c8" // or %rcx, %rax
                                    + "4989c3" // mov %rax, %r11
                                    + "31c9" // xor %ecx, %ecx
                                    + "67418a440b10" // compare: mov PATH(%r11d, %ecx), %al
                                    + "3a040f" // cmp (%rdi, %rcx), %al
                                    + "7520" // jne unknown
                                    + "ffc1" // inc %ecx
                                    + "84c0" // test %al, %al
                                    + "75ef" // jne compare
                                    + "67418b4304" // mov RESULT(%r11d), %eax
                                    + "49c1eb20" // shr $32, %r11
                                    + "4139c3" // cmp %eax, %r11d
                                    + "750c" // jne unknown
                                    + "b900000000" // mov $tail, %ecx
                                    + "c1f818" // sar $24, %eax
                                    + "4898" // cltq
                                    + "ffe1" // jmp *%rcx
                                    + "b800000000" // unknown: mov $number, %eax
                                    + "b900000000" // mov $tail, %ecx
                                    + "e900000000"); // other: jmp PostedCode

    /**
     * How {@code newfstatat(%edi, path = %rsi, status = %rdx)} ends: from {@link #FOUND_AT} on it goes
     * on here, in the part behind its own, and comes back with what is unknown. What is known of RAX at
     * a place of the code above is true of the same place here.
     */
    private static final byte[] STATUS_CODE =
            HexFormat.of()
                    .parseHex(
                            "4889f0" // mov %rsi, %rax
                                    + "4829d0" // sub %rdx, %rax
                                    + "4883c06e" // add $MAX_PATH, %rax
                                    + "483dfe000000" // cmp $MAX_PATH + 144, %rax
                                    + "7261" // jb unknown: the path would be overwritten
                                    + "67418b4304" // mov RESULT(%r11d), %eax
                                    + "4c89d9" // mov %r11, %rcx
                                    + "48c1e920" // shr $32, %rcx
                                    + "39c1" // cmp %eax, %ecx
                                    + "7551" // jne unknown
                                    + "c1f818" // sar $24, %eax
                                    + "7843" // js answer
                                    + "c1e007" // shl $7, %eax
                                    + "0500200000" // add $STATUSES, %eax
                                    + "48c1e120" // shl $32, %rcx
                                    + "4809c8" // or %rcx, %rax
                                    + "4989c3" // mov %rax, %r11
                                    + "31c9" // xor %ecx, %ecx
                                    + "67498b040b" // copy: mov (%r11d, %ecx), %rax
                                    + "4889040a" // mov %rax, (%rdx, %rcx)
                                    + "83c108" // add $8, %ecx
                                    + "83f978" // cmp $STATUS_CONTENT, %ecx
                                    + "72ef" // jb copy
                                    + "31c0" // xor %eax, %eax
                                    + "4889040a" // mov %rax, (%rdx, %rcx)
                                    + "4889440a08" // mov %rax, 8(%rdx, %rcx)
                                    + "4889440a10" // mov %rax, 16(%rdx, %rcx)
                                    + "67418b4b78" // mov STATUS_CONTENT(%r11d), %ecx
                                    + "49c1eb20" // shr $32, %r11
                                    + "4139cb" // cmp %ecx, %r11d
                                    + "7509" // jne unknown
                                    + "b900000000" // answer: mov $tail, %ecx
                                    + "4898" // cltq
                                    + "ffe1" // jmp *%rcx
                                    + "e9fbfeffff"); // unknown: jmp UNKNOWN_AT in the part before

    private static final int[] NUMBERS = {0x01, 0xc2};
    private static final int[] SUBJECTS = {0x0f, 0x80};
    private static final int[] TAILS = {0xb6, 0xc7};
    private static final int WAY_ON = 0xcc;
    private static final int NUMBER_LOST_AT = 0x2a;
    private static final int FOUND_AT = 0xa7;
    private static final int RESULT_KNOWN_AT = 0xbf;
    private static final int UNKNOWN_AT = 0xc1;
    private static final int STATUS_AT = 0x4e;
    private static final int STATUS_TAIL = 0xb9;
    private static final byte JUMP = (byte) 0xe9;
    private static final int JUMP_BYTES = 5;

    // Where it names the register of the path, and that of the other argument.
    private static final int[] PATHS = {0x1d, 0x2d, 0x9e};
    private static final int HASHED_KEY = 0x25;
    private static final int COMPARED_KEY = 0x72;

    private LookupCode() {}

    /** How many parts a site takes. */
    static int parts(LookupCall call) {
        return call.isStat() ? 2 : 1;
    }

    /**
     * Writes the part of a site, or its parts.
     *
     * @param code where the page of code is, in RAM
     * @param index of the site among those that look up
     * @param tail see {@link PostedCode#tail}
     */
    static void write(MemorySegment ram, long code, int index, LookupCall call, long tail) {
        long start = entry(index);
        // Made elsewhere: a thread may be in it where it is written again.
        MemorySegment part = MemorySegment.ofArray(CODE.clone());
        for (int number : NUMBERS) {
            part.set(JAVA_INT_UNALIGNED, number, call.number());
        }
        for (int subject : SUBJECTS) {
            part.set(JAVA_INT_UNALIGNED, subject, (int) start + SUBJECT);
        }
        for (int each : TAILS) {
            part.set(JAVA_INT_UNALIGNED, each, (int) tail);
        }
        int behind = (int) start + WAY_ON + Integer.BYTES;
        part.set(JAVA_INT_UNALIGNED, WAY_ON, (int) PostedCode.PAGE - behind);
        if (call.pathArgument() == 1) {
            for (int path : PATHS) {
                // %rsi is the register before %rdi.
                part.set(JAVA_BYTE, path, (byte) (CODE[path] - 1));
            }
        }
        if (call.keyArgument() == 1) { // %esi
            part.set(JAVA_BYTE, HASHED_KEY + 2, (byte) 0xf3);
            part.set(JAVA_BYTE, COMPARED_KEY + 2, (byte) 0x71);
        } else if (call.keyArgument() == 3) { // %r10d
            part.set(JAVA_BYTE, HASHED_KEY, (byte) 0x45);
            part.set(JAVA_BYTE, COMPARED_KEY, (byte) 0x44);
        }
        long at = code + start - PAGE;
        if (call.isStat()) {
            part.set(JAVA_BYTE, FOUND_AT, JUMP);
            int way = PART_BYTES + STATUS_AT - (FOUND_AT + JUMP_BYTES);
            part.set(JAVA_INT_UNALIGNED, FOUND_AT + 1, way);
            MemorySegment status = MemorySegment.ofArray(STATUS_CODE.clone());
            status.set(JAVA_INT_UNALIGNED, STATUS_TAIL - STATUS_AT, (int) tail);
            long behindIt = at + PART_BYTES + STATUS_AT;
            MemorySegment.copy(status, 0, ram, behindIt, STATUS_CODE.length);
        }
        MemorySegment.copy(part, 0, ram, at, CODE.length);
    }

    /** Where the subject of a site is, in the page of code. */
    static long subject(int index) {
        return (long) index * PART_BYTES + SUBJECT;
    }

    /** Where a site's part begins in programs. */
    static long entry(int index) {
        return PAGE + (long) index * PART_BYTES;
    }

    /** The site in whose part a thread is at {@code rip}, or -1. */
    static int siteAt(long rip) {
        long distance = rip - PAGE;
        return distance >= 0 && distance < Frames.SIZE && distance % PART_BYTES < CODE.length
                ? (int) (distance / PART_BYTES)
                : -1;
    }

    /** Whether RAX is the call's result there. */
    static boolean hasResult(long rip) {
        return rip % PART_BYTES == RESULT_KNOWN_AT;
    }

    /** Whether RAX is no longer what the program had there, but is known: the call's number. */
    static boolean hasLostNumber(long rip) {
        long at = rip % PART_BYTES;
        return at >= NUMBER_LOST_AT && at <= UNKNOWN_AT;
    }
}
