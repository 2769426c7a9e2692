package dev.littlecloud.cli.rehearsal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The smallest useful program: a static ELF executable that writes a line and exits with 0. */
final class TinyProgram {
    static final String OUTPUT = "ready\n";

    private TinyProgram() {}

    static byte[] elf() {
        return TinyElf.of(code(), 0);
    }

    private static byte[] code() {
        byte[] output = OUTPUT.getBytes(StandardCharsets.US_ASCII);
        int length = 5 + 5 + 7 + 5 + 2 + 5 + 2 + 2;
        int leaEnd = 5 + 5 + 7;
        ByteBuffer code =
                ByteBuffer.allocate(length + output.length).order(ByteOrder.LITTLE_ENDIAN);
        code.put((byte) 0xb8).putInt(1); // mov eax, 1 (write)
        code.put((byte) 0xbf).putInt(1); // mov edi, 1 (standard output)
        code.put(new byte[] {0x48, (byte) 0x8d, 0x35}).putInt(length - leaEnd); // lea rsi, [output]
        code.put((byte) 0xba).putInt(output.length); // mov edx, length
        code.put(new byte[] {0x0f, 0x05}); // syscall
        code.put((byte) 0xb8).putInt(60); // mov eax, 60 (exit)
        code.put(new byte[] {0x31, (byte) 0xff}); // xor edi, edi
        code.put(new byte[] {0x0f, 0x05}); // syscall
        return code.put(output).array();
    }
}
