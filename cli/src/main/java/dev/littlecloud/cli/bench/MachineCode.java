package dev.littlecloud.cli.bench;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * Instructions of the x86-64, one after the other. Only what tiny programs need has a name here;
 * all else is written as the bytes of the Intel manual, volume 2.
 */
final class MachineCode {
    /** Conditions as in the second byte of a near {@code jcc}. */
    enum When {
        ZERO(0x84),
        NOT_ZERO(0x85),
        GREATER(0x8f);

        private final int opcode;

        When(int opcode) {
            this.opcode = opcode;
        }
    }

    /** A 32-bit register; writing it clears the upper half of the 64-bit one. */
    enum Register {
        EAX("b8"),
        ECX("b9"),
        EDX("ba"),
        EBX("bb"),
        ESI("be"),
        EDI("bf"),
        R10D("41ba");

        private final String load;

        Register(String load) {
            this.load = load;
        }
    }

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** The position of the next instruction. */
    int here() {
        return bytes.size();
    }

    MachineCode add(String hex) {
        bytes.writeBytes(HexFormat.of().parseHex(hex.replace(" ", "")));
        return this;
    }

    MachineCode number(int number) {
        ByteBuffer buffer = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.writeBytes(buffer.putInt(number).array());
        return this;
    }

    MachineCode set(Register register, int value) {
        return add(register.load).number(value);
    }

    /** The arguments are set; {@code rax}, {@code rcx} and {@code r11} are lost. */
    MachineCode call(int systemCall) {
        return set(Register.EAX, systemCall).add("0f05");
    }

    void back(When when, int target) {
        add("0f").add(HexFormat.of().toHexDigits((byte) when.opcode));
        number(target - (here() + 4));
    }

    void back(int target) {
        add("e9").number(target - (here() + 4));
    }

    /** A jump to where {@link #land} is called with the result. */
    int forward(When when) {
        add("0f").add(HexFormat.of().toHexDigits((byte) when.opcode)).number(0);
        return here();
    }

    /** Lets jumps made by {@link #forward} lead here. */
    void land(int... jumps) {
        byte[] code = bytes.toByteArray();
        ByteBuffer buffer = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
        for (int jump : jumps) {
            buffer.putInt(jump - 4, code.length - jump);
        }
        bytes.reset();
        bytes.writeBytes(code);
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }
}
