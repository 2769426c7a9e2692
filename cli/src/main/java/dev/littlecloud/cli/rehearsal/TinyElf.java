package dev.littlecloud.cli.rehearsal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Static ELF executables of one segment that holds the whole file, and perhaps one of zeros; see
 * elf(5).
 */
public final class TinyElf {
    /** Where the file begins in memory; its code follows the headers. */
    public static final long LOAD_ADDRESS = 0x40_0000;

    private static final int READ_EXECUTE = 5;
    private static final int READ_WRITE = 6;
    private static final long PAGE_BYTES = 0x1000;
    private static final int HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int SEGMENTS = 2;
    private static final int CODE_OFFSET = HEADER_BYTES + SEGMENTS * PROGRAM_HEADER_BYTES;

    private TinyElf() {}

    /**
     * A program that starts with the first byte of its code.
     *
     * @param code position-independent code and its constants; not writable, as compilers have it,
     *     so that its system calls are treated as those of any program
     * @param zeroedEnd where the writable memory ends that begins at the page after the file; 0 for
     *     none
     */
    public static byte[] of(byte[] code, long zeroedEnd) {
        int size = CODE_OFFSET + code.length;
        long zeroed = (LOAD_ADDRESS + size + PAGE_BYTES - 1) & -PAGE_BYTES;
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
        file.putShort((short) (zeroedEnd == 0 ? 1 : SEGMENTS)); // e_phnum
        file.putShort((short) 0).putShort((short) 0).putShort((short) 0); // no sections
        segment(file, READ_EXECUTE, LOAD_ADDRESS, size, size);
        segment(file, READ_WRITE, zeroed, 0, zeroedEnd - zeroed);
        file.put(code);
        return file.array();
    }

    private static void segment(
            ByteBuffer file, int flags, long address, long fileBytes, long memoryBytes) {
        file.putInt(1); // p_type: PT_LOAD
        file.putInt(flags); // p_flags
        file.putLong(0); // p_offset
        file.putLong(address).putLong(address); // p_vaddr, p_paddr
        file.putLong(fileBytes).putLong(memoryBytes); // p_filesz, p_memsz
        file.putLong(PAGE_BYTES); // p_align
    }
}
