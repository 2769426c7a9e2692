package dev.littlecloud.cli.rehearsal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The smallest useful program: a static ELF executable that writes a line and exits with 0. */
final class TinyProgram {
    static final String OUTPUT = "ready\n";

    private static final long LOAD_ADDRESS = 0x40_0000;
    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int CODE_OFFSET = HEADER_BYTES + PROGRAM_HEADER_BYTES;

    private TinyProgram() {}

    /** See elf(5). One segment, readable and executable, holds the whole file. */
    static byte[] elf() {
        byte[] code = code();
        byte[] output = OUTPUT.getBytes(StandardCharsets.US_ASCII);
        int size = CODE_OFFSET + code.length + output.length;
        ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        // e_ident: magic, 64 bits, little endian, version 1
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
        file.putShort((short) 2); // e_type: ET_EXEC
        file.putShort((short) 62); // e_machine: EM_X86_64
        file.putInt(1); // e_version
        file.putLong(LOAD_ADDRESS + CODE_OFFSET); // e_entry
        file.putLong(HEADER_BYTES); // e_phoff
        file.putLong(0); // e_shoff
        file.putInt(0); // e_flags
        file.putShort((short) HEADER_BYTES);
        file.putShort((short) PROGRAM_HEADER_BYTES);
        file.putShort((short) 1); // e_phnum
        file.putShort((short) 0).putShort((short) 0).putShort((short) 0); // no sections
        file.putInt(1); // p_type: PT_LOAD
        file.putInt(5); // p_flags: PF_R | PF_X
        file.putLong(0); // p_offset
        file.putLong(LOAD_ADDRESS).putLong(LOAD_ADDRESS); // p_vaddr, p_paddr
        file.putLong(size).putLong(size); // p_filesz, p_memsz
        file.putLong(0x1000); // p_align
        file.put(code).put(output);
        return file.array();
    }

    private static byte[] code() {
        int length = 5 + 5 + 7 + 5 + 2 + 5 + 2 + 2;
        int leaEnd = 5 + 5 + 7;
        ByteBuffer code = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        code.put((byte) 0xb8).putInt(1); // mov eax, 1 (write)
        code.put((byte) 0xbf).putInt(1); // mov edi, 1 (standard output)
        code.put(new byte[] {0x48, (byte) 0x8d, 0x35}).putInt(length - leaEnd); // lea rsi, [output]
        code.put((byte) 0xba).putInt(OUTPUT.length()); // mov edx, length
        code.put(new byte[] {0x0f, 0x05}); // syscall
        code.put((byte) 0xb8).putInt(60); // mov eax, 60 (exit)
        code.put(new byte[] {0x31, (byte) 0xff}); // xor edi, edi
        code.put(new byte[] {0x0f, 0x05}); // syscall
        return code.array();
    }
}
