package dev.littlecloud.cli.rehearsal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Static ELF executables of one segment that holds the whole file; see elf(5). */
public final class TinyElf {
    /** Where the file begins in memory; its code follows the headers. */
    public static final long LOAD_ADDRESS = 0x40_0000;

    private static final int READ_EXECUTE = 5;
    private static final int READ_WRITE_EXECUTE = 7;
    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int CODE_OFFSET = HEADER_BYTES + PROGRAM_HEADER_BYTES;

    private TinyElf() {}

    /**
     * A program that starts with the first byte of its code.
     *
     * @param code position-independent code and its constants
     * @param zeroedBytes how much writable memory follows the file; with any, all is writable
     */
    public static byte[] of(byte[] code, long zeroedBytes) {
        int size = CODE_OFFSET + code.length;
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
        file.putInt(zeroedBytes == 0 ? READ_EXECUTE : READ_WRITE_EXECUTE); // p_flags
        file.putLong(0); // p_offset
        file.putLong(LOAD_ADDRESS).putLong(LOAD_ADDRESS); // p_vaddr, p_paddr
        file.putLong(size).putLong(size + zeroedBytes); // p_filesz, p_memsz
        file.putLong(0x1000); // p_align
        file.put(code);
        return file.array();
    }
}
