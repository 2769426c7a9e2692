package dev.littlecloud.kernel.guard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Machine code of a static program, written call by call. */
final class Code {
    static final int READ = 0;
    static final int WRITE = 1;
    static final int MMAP = 9;
    static final int PAUSE = 34;
    static final int SOCKET = 41;
    static final int BIND = 49;
    static final int LISTEN = 50;
    static final int EXIT = 60;

    /** Memory the program may write; at {@link #DATA} of it lies what {@link #data} gave. */
    static final int BUFFER = 0x40_0800;

    static final int DATA = 0x40_0900;

    private static final int LOAD_ADDRESS = 0x40_0000;
    private static final int START = 64 + 56;
    private static final int FILE_BYTES = 4096;

    private final ByteBuffer file = ByteBuffer.allocate(FILE_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    Code() {
        // elf(5): 64 bits, little endian; an executable for x86-64 with one program header.
        file.put("\177ELF\2\1\1".getBytes(StandardCharsets.ISO_8859_1)).position(16);
        file.putShort((short) 2).putShort((short) 62).putInt(1).putLong(LOAD_ADDRESS + START);
        file.putLong(64).putLong(0).putInt(0);
        file.putShort((short) 64).putShort((short) 56).putShort((short) 1).putShort((short) 0);
        file.putInt(0);
        // PT_LOAD of the whole file, read, write and execute.
        file.putInt(1).putInt(7).putLong(0).putLong(LOAD_ADDRESS).putLong(LOAD_ADDRESS);
        file.putLong(FILE_BYTES).putLong(FILE_BYTES).putLong(4096);
    }

    /** A system call with constant arguments; those that are left out are 0. */
    Code call(int number, int... arguments) {
        byte[][] moves = {
            {(byte) 0xbf}, // edi
            {(byte) 0xbe}, // esi
            {(byte) 0xba}, // edx
            {0x41, (byte) 0xba}, // r10d
            {0x41, (byte) 0xb8}, // r8d
            {0x41, (byte) 0xb9}, // r9d
        };
        for (int i = 0; i < moves.length; i++) {
            file.put(moves[i]).putInt(i < arguments.length ? arguments[i] : 0);
        }
        file.put((byte) 0xb8).putInt(number); // mov eax, number
        file.put((byte) 0x0f).put((byte) 0x05); // syscall
        return this;
    }

    /** Reads the byte that the last call's result points to. */
    Code readResult() {
        file.put((byte) 0x8a).put((byte) 0); // mov al, [rax]
        return this;
    }

    /** Bytes at {@link #DATA}. */
    Code data(int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            file.put(DATA - LOAD_ADDRESS + i, (byte) bytes[i]);
        }
        return this;
    }

    byte[] exit() {
        return call(EXIT).file.array();
    }

    /** All calls over and over, for ever. */
    byte[] forEver() {
        file.put((byte) 0xe9).putInt(START - file.position() - 4); // jmp
        return file.array();
    }
}
