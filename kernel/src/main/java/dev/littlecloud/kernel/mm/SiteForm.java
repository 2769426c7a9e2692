package dev.littlecloud.kernel.mm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Which of the instructions around a {@code syscall} give way to the jump of {@link PostedCode}, and
 * what that is to a thread which comes there by another way than through the jump.
 *
 * <ul>
 *   <li>One instruction behind the call, which the jump covers: most often a comparison of the
 *       result. What is left at its place is {@code in}, which faults.
 *   <li>{@code mov $number, %eax} before the call. What is left of the call itself is {@code add %al,
 *       (%rax)}, which faults as well: no program has memory where numbers of calls are.
 * </ul>
 *
 * <p>Calls do not change the flags, but the code that makes them without leaving does. So there is
 * none where the program might look at them before it sets them.
 */
final class SiteForm {
    /** What is overwritten. */
    static final int JUMP_BYTES = 7;

    static final int CALL_BYTES = 2;

    /** Looked at before a call, and behind it. */
    private static final int BEFORE = 8;

    private static final int BEHIND = 32;

    private static final int LENGTH_SHIFT = 56;
    private static final int MOST_BYTES = 7;
    private static final int NUMBER_BYTES = 5;
    private static final int MOV_NUMBER = 0xb8;

    /** No form: the call stays as it is. */
    static final long NONE = 0;

    private SiteForm() {}

    /**
     * Finds the form of a site.
     *
     * @param number of the call that a program made there
     * @return the instruction that gives way, up to seven bytes of it, and its length in the byte
     *     above; that one negative where it is the one before the call
     */
    static long of(AddressSpace space, Vma area, long address, int number) {
        long start = Math.max(area.start, address - BEFORE);
        long known = Math.min(area.end, address + CALL_BYTES + BEHIND);
        int length = (int) (known - start);
        byte[] code = new byte[length];
        if (space.memory().accessible(start, length, false) < length) {
            return NONE;
        }
        space.memory().read(start, MemorySegment.ofArray(code), 0, length);
        return of(code, (int) (address - start), number);
    }

    /** The same for code in which the call is at an index. */
    static long of(byte[] code, int call, int number) {
        int behind = call + CALL_BYTES;
        if (!isCall(code, call) || !Instruction.ignoresFlags(code, behind, code.length)) {
            return NONE;
        }
        int length = Instruction.movableLength(code, behind, code.length);
        boolean isCovered = length >= JUMP_BYTES - CALL_BYTES && length <= MOST_BYTES;
        if (isCovered && (code[behind] & 0xff) != MOV_NUMBER) {
            return bytes(code, behind, length) | (long) length << LENGTH_SHIFT;
        }
        if (isNumber(code, call - NUMBER_BYTES, number)) {
            long before = bytes(code, call - NUMBER_BYTES, NUMBER_BYTES);
            return before | (long) -NUMBER_BYTES << LENGTH_SHIFT;
        }
        return NONE;
    }

    private static boolean isCall(byte[] code, int call) {
        if (call < 0 || call + CALL_BYTES > code.length) {
            return false;
        }
        int bytes = code[call] & 0xff | (code[call + 1] & 0xff) << 8;
        return bytes == PostedCode.SYSCALL || bytes == PostedCode.PATCHED_SYSCALL;
    }

    private static long bytes(byte[] code, int from, int count) {
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes |= (code[from + i] & 0xffL) << i * 8;
        }
        return bytes;
    }

    /**
     * Whether {@code mov $number, %eax} is at an index. The same bytes can be the end of a longer
     * instruction, which is unlikely with the number of the call that was made: only where that is
     * stored, or goes to another register.
     */
    private static boolean isNumber(byte[] code, int at, int number) {
        if (at < 3 || (code[at] & 0xff) != MOV_NUMBER) {
            return false;
        }
        int loaded = MemorySegment.ofArray(code).get(ValueLayout.JAVA_INT_UNALIGNED, at + 1);
        int before = code[at - 1] & 0xff;
        int second = code[at - 2] & 0xff;
        int third = code[at - 3] & 0xff;
        boolean isPrefixed = (before & 0xf0) == 0x40 || before == 0x0f || before == 0x66;
        boolean isAddress = before == 0x8d;
        boolean isStore = hasImmediate(second) && before >> 6 == 1;
        boolean isIndexedStore = hasImmediate(third) && (second & 0xc7) == 0x44;
        return loaded == number && !isPrefixed && !isAddress && !isStore && !isIndexedStore;
    }

    private static boolean hasImmediate(int operation) {
        return operation == 0xc7 || operation == 0x81 || operation == 0x69 || operation == 0xf7;
    }

    // ---- What a form says

    /** Whether the instruction behind the call gives way, and not the one before. */
    static boolean isBehind(long form) {
        return form > 0;
    }

    /** The length of the instruction that gives way. */
    static int length(long form) {
        return Math.abs((int) (form >> LENGTH_SHIFT));
    }

    /** The number of the call, where the form holds it; 0 otherwise. */
    static int number(long form) {
        return isBehind(form) ? 0 : (int) (form >> 8);
    }

    /** Where the jump is. */
    static long start(long address, long form) {
        return isBehind(form) ? address : address - NUMBER_BYTES;
    }

    /** Where the program goes on after it. */
    static long end(long address, long form) {
        return address + CALL_BYTES + (isBehind(form) ? length(form) : 0);
    }

    /** Where a thread comes to that does not come through the jump: there it faults. */
    static long middle(long address, long form) {
        return isBehind(form) ? address + CALL_BYTES : address;
    }
}
