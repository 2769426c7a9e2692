package dev.littlecloud.kernel.time.vdso;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Emits machine code for x86-64: the instructions that {@link VdsoCode} is made of and no others.
 * Registers are their numbers in the encoding. Jumps are short (within 127 bytes).
 */
final class Assembler {
    static final int RAX = 0;
    static final int RCX = 1;
    static final int RDX = 2;
    static final int RSI = 6;
    static final int RDI = 7;
    static final int R8 = 8;
    static final int R9 = 9;

    // Condition codes of the jumps: Intel manual, volume 2, appendix B.1.4.
    static final int BELOW = 2;
    static final int NOT_BELOW = 3;
    static final int EQUAL = 4;
    static final int NOT_EQUAL = 5;
    static final int ABOVE = 7;

    /** A place in the code that jumps name. */
    static final class Label {
        private int target = -1;
        private final int[] jumps = new int[8];
        private int jumpCount;
    }

    private static final int WIDE = 8;

    private final ByteBuffer code = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

    int position() {
        return code.position();
    }

    byte[] bytes() {
        byte[] copy = new byte[code.position()];
        code.flip().get(copy);
        return copy;
    }

    /** Fills up with one-byte no-operations. */
    void align(int bytes) {
        while (code.position() % bytes != 0) {
            emit(0x90);
        }
    }

    void bind(Label label) {
        label.target = code.position();
        for (int i = 0; i < label.jumpCount; i++) {
            patch(label.jumps[i], label.target);
        }
    }

    private void patch(int at, int target) {
        int distance = target - (at + 1);
        if (distance != (byte) distance) {
            throw new IllegalStateException("a short jump over " + distance + " bytes");
        }
        code.put(at, (byte) distance);
    }

    private void jumpTo(Label label) {
        int at = code.position();
        emit(0);
        if (label.target >= 0) {
            patch(at, label.target);
        } else {
            label.jumps[label.jumpCount++] = at;
        }
    }

    void jumpIf(int condition, Label label) {
        emit(0x70 | condition);
        jumpTo(label);
    }

    void jump(Label label) {
        emit(0xEB);
        jumpTo(label);
    }

    // ---- Moves

    /** {@code mov %from, %to}, 32 bits: clears the upper half. */
    void move32(int to, int from) {
        prefix(0, from, to);
        emit(0x89, direct(from, to));
    }

    /** {@code mov $value, %to}, 32 bits: clears the upper half. */
    void moveImmediate(int to, int value) {
        emit(0xB8 | to);
        code.putInt(value);
    }

    /** {@code mov offset(%base), %to}. */
    void load(int to, int base, int offset) {
        memory(WIDE, 0x8B, to, base, offset);
    }

    void load32(int to, int base, int offset) {
        memory(0, 0x8B, to, base, offset);
    }

    /** {@code mov %from, offset(%base)}. */
    void store(int base, int offset, int from) {
        memory(WIDE, 0x89, from, base, offset);
    }

    void store32(int base, int offset, int from) {
        memory(0, 0x89, from, base, offset);
    }

    /** {@code movq $0, (%base)}. */
    void storeZero(int base) {
        memory(WIDE, 0xC7, 0, base, 0);
        code.putInt(0);
    }

    /** {@code lea target(%rip), %to}: an address at a distance from the start of this code. */
    void addressOf(int to, int target) {
        prefix(WIDE, to, 0);
        emit(0x8D, (to & 7) << 3 | 5);
        code.putInt(target - (code.position() + 4));
    }

    // ---- Arithmetic

    /** {@code add offset(%base), %to}. */
    void add(int to, int base, int offset) {
        memory(WIDE, 0x03, to, base, offset);
    }

    /** {@code add offset(%base,%index,8), %to}. */
    void addIndexed(int to, int base, int index, int offset) {
        emit(0x48 | (to >> 3) << 2 | (index >> 3) << 1 | base >> 3);
        emit(0x03, 0x44 | (to & 7) << 3, 3 << 6 | (index & 7) << 3 | (base & 7), offset);
    }

    /** {@code sub offset(%base), %from}. */
    void subtract(int from, int base, int offset) {
        memory(WIDE, 0x2B, from, base, offset);
    }

    /** {@code mulq offset(%base)}: the product with RAX goes to RDX:RAX. */
    void multiply(int base, int offset) {
        memory(WIDE, 0xF7, 4, base, offset);
    }

    /** {@code div %divisor}: RDX:RAX by a register, quotient to RAX, remainder to RDX. */
    void divide(int divisor) {
        prefix(WIDE, 0, divisor);
        emit(0xF7, direct(6, divisor));
    }

    /** {@code shl $bits, %register}. */
    void shiftLeft(int register, int bits) {
        prefix(WIDE, 0, register);
        emit(0xC1, direct(4, register), bits);
    }

    /** {@code shrd $bits, %from, %to}: shifts right, bits of {@code from} come in at the top. */
    void shiftRightDouble(int to, int from, int bits) {
        prefix(WIDE, from, to);
        emit(0x0F, 0xAC, direct(from, to), bits);
    }

    /** {@code or %from, %to}. */
    void or(int to, int from) {
        prefix(WIDE, from, to);
        emit(0x09, direct(from, to));
    }

    /** {@code xor %register, %register}, 32 bits: sets it to zero. */
    void zero(int register) {
        prefix(0, register, register);
        emit(0x31, direct(register, register));
    }

    // ---- Comparisons

    /** {@code cmp $value, %register}, 32 bits, value within a byte. */
    void compareImmediate(int register, int value) {
        prefix(0, 0, register);
        emit(0x83, direct(7, register), value);
    }

    /** {@code cmpl $value, offset(%base)}, value within a byte. */
    void compareMemory(int base, int offset, int value) {
        memory(0, 0x83, 7, base, offset);
        emit(value);
    }

    /** {@code cmp offset(%base), %register}, 32 bits. */
    void compare32(int register, int base, int offset) {
        memory(0, 0x3B, register, base, offset);
    }

    /** {@code test %register, %register}. */
    void test(int register) {
        prefix(WIDE, register, register);
        emit(0x85, direct(register, register));
    }

    /** {@code test $bits, %register}, low byte. */
    void testLowByte(int register, int bits) {
        emit(0x40 | register >> 3);
        emit(0xF6, direct(0, register), bits);
    }

    /** {@code testb $bits, offset(%base)}. */
    void testByte(int base, int offset, int bits) {
        memory(0, 0xF6, 0, base, offset);
        emit(bits);
    }

    /** {@code bt %bit, %register}: the carry flag (BELOW) tells the bit. */
    void bitTest(int register, int bit) {
        prefix(WIDE, bit, register);
        emit(0x0F, 0xA3, direct(bit, register));
    }

    // ---- The rest

    /** {@code lfence}: no later instruction starts before all earlier loads are done. */
    void loadFence() {
        emit(0x0F, 0xAE, 0xE8);
    }

    /** {@code rdtsc}: the time-stamp counter in EDX:EAX. */
    void readCounter() {
        emit(0x0F, 0x31);
    }

    /** {@code pause}: for loops that wait. */
    void pause() {
        emit(0xF3, 0x90);
    }

    void syscall() {
        emit(0x0F, 0x05);
    }

    void ret() {
        emit(0xC3);
    }

    // ---- Encoding: Intel manual, volume 2, chapter 2

    private void emit(int... bytes) {
        for (int each : bytes) {
            code.put((byte) each);
        }
    }

    /** A REX prefix where one is needed. */
    private void prefix(int wide, int register, int base) {
        int bits = wide | (register >> 3) << 2 | base >> 3;
        if (bits != 0) {
            emit(0x40 | bits);
        }
    }

    private static int direct(int register, int base) {
        return 3 << 6 | (register & 7) << 3 | (base & 7);
    }

    /** An instruction with the operand {@code offset(%base)}, offset within a byte. */
    private void memory(int wide, int opcode, int register, int base, int offset) {
        prefix(wide, register, base);
        if (offset == 0) {
            emit(opcode, (register & 7) << 3 | (base & 7));
        } else {
            emit(opcode, 1 << 6 | (register & 7) << 3 | (base & 7), offset);
        }
    }
}
