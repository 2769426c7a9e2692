package dev.littlecloud.kernel.mm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/**
 * The part of {@link PostedCode} that posts a call into one slot and waits for its answer: how it is
 * written, and what a place in it means. Each slot has a copy, since there is no register left to
 * hold its address.
 */
final class SlotCode {
    static final int BYTES = 0xd0;

    // Offsets.
    private static final int CLAIMING = 0x06;
    private static final int CLAIM_TESTED = 0x17;
    private static final int POSTED_AT = 0x60;
    private static final int ANSWERED_AT = 0x8c;
    private static final int RESULT_KNOWN_AT = 0x94;
    private static final int RETURNS_AT = 0xaa;
    private static final int WITHDRAWN_AT = 0xac;
    private static final int LEAVES_AT = 0xca;

    /** With the addresses of the first slot, and without those of the way out. */
    private static final byte[] FIRST =
            HexFormat.of()
                    .parseHex(
                            "41bb01000000" // mov $1, %r11d
                                    + "44871c2508e00000" // xchg %r11d, claim
                                    + "4585db" // test %r11d, %r11d
                                    + "0f8500000000" // jne leave
                                    + "48893c2520e00000" // mov %rdi, arguments
                                    + "4889342528e00000" // mov %rsi, arguments + 8
                                    + "4889142530e00000" // mov %rdx, arguments + 16
                                    + "4c89142538e00000" // mov %r10, arguments + 24
                                    + "4c89042540e00000" // mov %r8, arguments + 32
                                    + "4c890c2548e00000" // mov %r9, arguments + 40
                                    + "4889042518e00000" // mov %rax, number
                                    + "41bb40060000" // mov $1600, %r11d
                                    + "c704250ce0000001000000" // movl $POSTED, state
                                    + "f390" // wait: pause
                                    + "833c250ce0000003" // cmpl $ANSWERED, state
                                    + "731e" // jae over
                                    + "41ffcb" // dec %r11d
                                    + "75ef" // jne wait
                                    + "b801000000" // mov $POSTED, %eax
                                    + "f0440fb11c250ce00000" // lock cmpxchg %r11d, state
                                    + "742a" // je withdrawn
                                    + "41bb40060000" // mov $1600, %r11d
                                    + "ebd6" // jmp wait
                                    + "7520" // over: jne withdrawn
                                    + "488b042510e00000" // mov result, %rax
                                    + "c704250ce0000000000000" // movl $NONE, state
                                    + "c7042508e0000000000000" // movl $0, claim
                                    + "ffe1" // jmp *%rcx
                                    + "488b042518e00000" // withdrawn: mov number, %rax
                                    + "c704250ce0000000000000" // movl $NONE, state
                                    + "c7042508e0000000000000" // movl $0, claim
                                    + "e900000000"); // jmp leave

    /** Where it names a field of its slot. */
    private static final int[] FIELDS = {
        0x0a, 0x1b, 0x23, 0x2b, 0x33, 0x3b, 0x43, 0x4b, 0x58, 0x65, 0x7c, 0x90, 0x97, 0xa2, 0xb0,
        0xb7, 0xc2
    };

    /** Where it names the way out, by its distance from behind there. */
    private static final int[] WAYS_OUT = {0x13, 0xcb};

    private SlotCode() {}

    /**
     * Writes the copy of a slot.
     *
     * @param at where, in RAM
     * @param slotOffset how far the slot is behind the first one
     * @param wayOut how far the way out of the guest is behind the copy
     */
    static void write(MemorySegment ram, long at, int slotOffset, int wayOut) {
        MemorySegment.copy(FIRST, 0, ram, JAVA_BYTE, at, FIRST.length);
        for (int field : FIELDS) {
            int first = ram.get(JAVA_INT_UNALIGNED, at + field);
            ram.set(JAVA_INT_UNALIGNED, at + field, first + slotOffset);
        }
        for (int way : WAYS_OUT) {
            ram.set(JAVA_INT_UNALIGNED, at + way, wayOut - (way + Integer.BYTES));
        }
    }

    /** Whether a thread that is {@code at} so many bytes in the copy has claimed the slot. */
    static boolean hasClaim(long at, long r11) {
        return at > CLAIMING
                && at < LEAVES_AT
                && at != RETURNS_AT
                && (at >= CLAIM_TESTED || (int) r11 == 0);
    }

    /** Whether RAX is the call's number there. */
    static boolean hasNumber(long at) {
        return at < POSTED_AT || at > WITHDRAWN_AT;
    }

    /** Whether RAX is the call's result there. */
    static boolean hasResult(long at) {
        return at >= RESULT_KNOWN_AT && at <= RETURNS_AT;
    }

    /** Whether the thread has seen there that its call was answered. */
    static boolean hasSeenAnswer(long at) {
        return at == ANSWERED_AT;
    }
}
