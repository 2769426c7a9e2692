package dev.littlecloud.kernel.seccomp;

/**
 * A checked program for the classic Berkeley packet filter, over the 64 bytes of {@code struct
 * seccomp_data}; bpf(4) of the BSDs, and the subset that seccomp(2) allows.
 */
final class FilterProgram {
    /** BPF_MAXINSNS. */
    static final int MAX_LENGTH = 4096;

    private static final int DATA_BYTES = 64;
    private static final int MEMORY_WORDS = 16;

    // Instruction classes and their modes.
    private static final int LD_WORD = 0x20;
    private static final int LD_LENGTH = 0x80;
    private static final int LDX_LENGTH = 0x81;
    private static final int LD_IMMEDIATE = 0x00;
    private static final int LDX_IMMEDIATE = 0x01;
    private static final int LD_MEMORY = 0x60;
    private static final int LDX_MEMORY = 0x61;
    private static final int ST = 0x02;
    private static final int STX = 0x03;
    private static final int RETURN_K = 0x06;
    private static final int RETURN_A = 0x16;
    private static final int TAX = 0x07;
    private static final int TXA = 0x87;
    private static final int JA = 0x05;
    private static final int NEG = 0x84;

    private static final int CLASS = 0x07;
    private static final int ALU = 0x04;
    private static final int JUMP = 0x05;
    private static final int OPERATION = 0xF0;
    private static final int SOURCE_X = 0x08;

    private static final int ADD = 0x00;
    private static final int SUB = 0x10;
    private static final int MUL = 0x20;
    private static final int DIV = 0x30;
    private static final int OR = 0x40;
    private static final int AND = 0x50;
    private static final int LSH = 0x60;
    private static final int RSH = 0x70;
    private static final int XOR = 0xA0;

    private static final int JEQ = 0x10;
    private static final int JGT = 0x20;
    private static final int JGE = 0x30;
    private static final int JSET = 0x40;

    private final int[] codes;
    private final int[] targets;
    private final int[] constants;

    /**
     * @param instructions each a {@code struct sock_filter} as a little-endian long: code, jump
     *     distances if true and if false, constant
     */
    FilterProgram(long[] instructions) {
        int length = instructions.length;
        codes = new int[length];
        targets = new int[length];
        constants = new int[length];
        for (int i = 0; i < length; i++) {
            codes[i] = (int) instructions[i] & 0xFFFF;
            targets[i] = (int) (instructions[i] >>> 16) & 0xFFFF;
            constants[i] = (int) (instructions[i] >>> 32);
        }
    }

    int length() {
        return codes.length;
    }

    /** Whether it cannot run astray and always ends with a value; bpf_check_classic of Linux. */
    boolean isValid() {
        int length = codes.length;
        if (length == 0 || length > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (!isValid(i, length)) {
                return false;
            }
        }
        int last = codes[length - 1];
        return last == RETURN_K || last == RETURN_A;
    }

    private boolean isValid(int at, int length) {
        int code = codes[at];
        int constant = constants[at];
        switch (code) {
            case LD_WORD -> {
                return Integer.compareUnsigned(constant, DATA_BYTES) < 0 && (constant & 3) == 0;
            }
            case LD_LENGTH, LDX_LENGTH, LD_IMMEDIATE, LDX_IMMEDIATE -> {
                return true;
            }
            case RETURN_K, RETURN_A, TAX, TXA, NEG -> {
                return true;
            }
            case LD_MEMORY, LDX_MEMORY, ST, STX -> {
                return Integer.compareUnsigned(constant, MEMORY_WORDS) < 0;
            }
            case JA -> {
                return Integer.compareUnsigned(constant, length - at - 1) < 0;
            }
            default -> {}
        }
        int operation = code & OPERATION;
        if ((code & CLASS) == JUMP && (code & ~(CLASS | OPERATION | SOURCE_X)) == 0) {
            boolean known = operation >= JEQ && operation <= JSET;
            return known
                    && at + 1 + (targets[at] & 0xFF) < length
                    && at + 1 + (targets[at] >>> 8) < length;
        }
        if ((code & CLASS) == ALU && (code & ~(CLASS | OPERATION | SOURCE_X)) == 0) {
            boolean byConstant = (code & SOURCE_X) == 0;
            return switch (operation) {
                case ADD, SUB, MUL, OR, AND, XOR -> true;
                case DIV -> !byConstant || constant != 0;
                case LSH, RSH -> !byConstant || Integer.compareUnsigned(constant, 32) < 0;
                default -> false;
            };
        }
        return false;
    }

    /** Runs it over a call; the action that it returns. */
    int run(SyscallData data) {
        int[] memory = new int[MEMORY_WORDS];
        int a = 0;
        int x = 0;
        int at = 0;
        while (true) {
            int code = codes[at];
            int constant = constants[at];
            int next = at + 1;
            switch (code) {
                case LD_WORD -> a = data.word(constant);
                case LD_LENGTH -> a = DATA_BYTES;
                case LDX_LENGTH -> x = DATA_BYTES;
                case LD_IMMEDIATE -> a = constant;
                case LDX_IMMEDIATE -> x = constant;
                case LD_MEMORY -> a = memory[constant];
                case LDX_MEMORY -> x = memory[constant];
                case ST -> memory[constant] = a;
                case STX -> memory[constant] = x;
                case TAX -> x = a;
                case TXA -> a = x;
                case NEG -> a = -a;
                case RETURN_K -> {
                    return constant;
                }
                case RETURN_A -> {
                    return a;
                }
                case JA -> next += constant;
                default -> {
                    int operand = (code & SOURCE_X) == 0 ? constant : x;
                    if ((code & CLASS) == JUMP) {
                        boolean holds = holds(code & OPERATION, a, operand);
                        next += holds ? targets[at] & 0xFF : targets[at] >>> 8;
                    } else if ((code & OPERATION) == DIV && operand == 0) {
                        return 0;
                    } else {
                        a = compute(code & OPERATION, a, operand);
                    }
                }
            }
            at = next;
        }
    }

    private static boolean holds(int operation, int a, int operand) {
        return switch (operation) {
            case JEQ -> a == operand;
            case JGT -> Integer.compareUnsigned(a, operand) > 0;
            case JGE -> Integer.compareUnsigned(a, operand) >= 0;
            default -> (a & operand) != 0;
        };
    }

    private static int compute(int operation, int a, int operand) {
        return switch (operation) {
            case ADD -> a + operand;
            case SUB -> a - operand;
            case MUL -> a * operand;
            case DIV -> Integer.divideUnsigned(a, operand);
            case OR -> a | operand;
            case AND -> a & operand;
            case LSH -> operand >= 0 && operand < 32 ? a << operand : 0;
            case RSH -> operand >= 0 && operand < 32 ? a >>> operand : 0;
            default -> a ^ operand;
        };
    }
}
