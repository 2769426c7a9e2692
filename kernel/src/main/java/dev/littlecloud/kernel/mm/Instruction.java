package dev.littlecloud.kernel.mm;

/**
 * As much of the instructions of x86-64 as is needed to know what follows a system call: how long
 * an instruction is, and whether the flags after it depend on those before. What is not understood is
 * {@link #UNKNOWN}. Source: Intel SDM, volume 2, appendix A.
 */
final class Instruction {
    static final int UNKNOWN = 0;

    private static final int LENGTH = 0xff;

    /** Writes all arithmetic flags and reads none. */
    private static final int SETS_FLAGS = 1 << 8;

    /** A call or a return: no flags are handed over by those. */
    private static final int ENDS = 1 << 9;

    /** Means something else at another address. */
    private static final int IS_RELATIVE = 1 << 10;

    /** So many instructions are looked at. */
    private static final int FAR = 8;

    private final byte[] code;
    private final int end;
    private int at;
    private int properties;

    private Instruction(byte[] code, int at, int end) {
        this.code = code;
        this.at = at;
        this.end = end;
    }

    /** What is at an index of code that is known up to {@code end}. */
    private static int decode(byte[] code, int from, int end) {
        Instruction it = new Instruction(code, from, end);
        return it.decode() && it.at <= end ? it.at - from | it.properties : UNKNOWN;
    }

    /** The length of an instruction that does the same elsewhere and comes to its end; 0 for others. */
    static int movableLength(byte[] code, int from, int end) {
        int found = decode(code, from, end);
        return (found & (ENDS | IS_RELATIVE)) == 0 ? found & LENGTH : 0;
    }

    /** Whether code that begins there does not look at the flags it begins with. */
    static boolean ignoresFlags(byte[] code, int from, int end) {
        int next = from;
        for (int i = 0; i < FAR; i++) {
            int found = decode(code, next, end);
            if (found == UNKNOWN || (found & (SETS_FLAGS | ENDS)) != 0) {
                return found != UNKNOWN;
            }
            next += found & LENGTH;
        }
        return false;
    }

    private int next() {
        int index = at++;
        return index < end ? code[index] & 0xff : 0;
    }

    private boolean decode() {
        int first = next();
        if (first == 0x64) { // of thread-local storage
            first = next();
        }
        boolean isWide = false;
        if ((first & 0xf0) == 0x40) { // REX
            isWide = (first & 8) != 0;
            first = next();
        }
        if (first == 0x0f) {
            return decodeLong(next());
        }
        int row = first & 0xf8;
        if (first < 0x40 && (first & 7) < 6) { // add, or, and, sub, xor, cmp; not adc, sbb
            return row != 0x10 && row != 0x18 && arithmetic(first & 7);
        }
        if (row == 0x50 || row == 0x58) { // push, pop
            return true;
        }
        if (row == 0xb8) { // mov $number, register
            return skip(isWide ? 8 : 4);
        }
        return switch (first) {
            case 0x63, 0x88, 0x89, 0x8a, 0x8b, 0x8d -> operand() >= 0; // mov, lea
            case 0x84, 0x85 -> setsFlags() && operand() >= 0; // test
            case 0x80, 0x83 -> immediateArithmetic(1);
            case 0x81 -> immediateArithmetic(4);
            case 0x90 -> true; // nop
            case 0xa8 -> setsFlags() && skip(1); // test
            case 0xa9 -> setsFlags() && skip(4);
            case 0xc3 -> ends(); // ret
            case 0xc6 -> operand() == 0 && skip(1); // mov $number, memory
            case 0xc7 -> operand() == 0 && skip(4);
            case 0xe8 -> ends() && skip(4); // call
            case 0xf6 -> negation(1);
            case 0xf7 -> negation(4);
            default -> false;
        };
    }

    private boolean decodeLong(int second) {
        return switch (second) {
            case 0x10, 0x11, 0x28, 0x29, 0x1f, 0xb6, 0xb7, 0xbe, 0xbf -> operand() >= 0;
            default -> false;
        };
    }

    private boolean arithmetic(int form) {
        setsFlags();
        return form < 4 ? operand() >= 0 : skip(form == 4 ? 1 : 4);
    }

    private boolean immediateArithmetic(int bytes) {
        int operation = operand();
        boolean readsCarry = operation == 2 || operation == 3;
        return !readsCarry && setsFlags() && skip(bytes);
    }

    private boolean negation(int bytes) {
        return switch (operand()) {
            case 0 -> setsFlags() && skip(bytes); // test
            case 2 -> true; // not
            case 3 -> setsFlags(); // neg
            default -> false;
        };
    }

    private boolean setsFlags() {
        properties |= SETS_FLAGS;
        return true;
    }

    private boolean ends() {
        properties |= ENDS;
        return true;
    }

    private boolean skip(int bytes) {
        at += bytes;
        return true;
    }

    /** Passes a ModRM operand; the other three bits of it. */
    private int operand() {
        int form = next();
        int mode = form >> 6;
        int base = form & 7;
        if (mode != 3 && base == 4) {
            base = next() & 7; // SIB
        } else if (mode == 0 && base == 5) {
            properties |= IS_RELATIVE;
        }
        if (mode == 2 || (mode == 0 && base == 5)) {
            at += 4;
        } else if (mode == 1) {
            at += 1;
        }
        return form >> 3 & 7;
    }
}
