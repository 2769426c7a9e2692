package dev.littlecloud.kernel.exec;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.Frames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A checked ELF64 header with what execve(2) uses of it; elf(5). Every field comes from the guest's
 * file, so sizes and offsets are bounded before use.
 *
 * @param isPositionIndependent ET_DYN rather than ET_EXEC
 * @param headerOffset where the program headers are in the file
 * @param headerAddress their address before relocation, or 0
 * @param interpreter path of the dynamic linker, or null
 * @param isStackExecutable whether the program asks for it
 */
record ElfHeader(
        boolean isPositionIndependent,
        long entry,
        long headerOffset,
        int headerCount,
        long headerAddress,
        List<Segment> segments,
        @Nullable String interpreter,
        boolean isStackExecutable) {
    static final int HEADER_BYTES = 64;
    static final int PROGRAM_HEADER_BYTES = 56;

    private static final int MAX_PROGRAM_HEADERS = 1170; // 64 KiB of them, as Linux allows
    private static final int ET_EXEC = 2;
    private static final int ET_DYN = 3;
    private static final int EM_X86_64 = 62;
    private static final int PT_LOAD = 1;
    private static final int PT_INTERP = 3;
    private static final int PT_PHDR = 6;
    private static final int PT_GNU_STACK = 0x6474e551;

    /** All of the lower half but the part that the stack needs. */
    private static final long MAX_ADDRESS = 0x7fff_f000_0000L;

    /** A PT_LOAD entry; {@code flags} are 1 execute, 2 write, 4 read. */
    record Segment(long offset, long address, long fileBytes, long memoryBytes, int flags) {
        long start() {
            return address & -Frames.SIZE;
        }

        long end() {
            return address + memoryBytes + Frames.SIZE - 1 & -Frames.SIZE;
        }
    }

    /** A header, or the reason there is none. */
    record Parsed(int errno, @Nullable ElfHeader header) {
        static Parsed refused(int errno) {
            return new Parsed(errno, null);
        }
    }

    static Parsed parse(FileBytes file) {
        byte[] bytes = file.read(0, HEADER_BYTES);
        if (bytes.length < HEADER_BYTES) {
            return Parsed.refused(Errno.ENOEXEC);
        }
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        boolean elf64 = header.getInt(0) == 0x464c457f && bytes[4] == 2 && bytes[5] == 1;
        int type = header.getShort(16);
        int count = header.getShort(56) & 0xFFFF;
        if (!elf64
                || header.getShort(18) != EM_X86_64
                || (type != ET_EXEC && type != ET_DYN)
                || header.getShort(54) != PROGRAM_HEADER_BYTES
                || count == 0
                || count > MAX_PROGRAM_HEADERS) {
            return Parsed.refused(Errno.ENOEXEC);
        }
        long offset = header.getLong(32);
        byte[] table = file.read(offset, count * PROGRAM_HEADER_BYTES);
        if (table.length < count * PROGRAM_HEADER_BYTES) {
            return Parsed.refused(Errno.ENOEXEC);
        }
        return parseTable(
                file,
                ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN),
                count,
                offset,
                header.getLong(24),
                type == ET_DYN);
    }

    private static Parsed parseTable(
            FileBytes file, ByteBuffer table, int count, long offset, long entry, boolean dynamic) {
        List<Segment> segments = new ArrayList<>();
        String interpreter = null;
        boolean stackExecutable = false;
        long headerAddress = 0;
        for (int i = 0; i < count; i++) {
            int at = i * PROGRAM_HEADER_BYTES;
            int flags = table.getInt(at + 4);
            switch (table.getInt(at)) {
                case PT_LOAD -> {
                    Segment segment = segment(table, at, flags);
                    if (segment == null || !follows(segments, segment)) {
                        return Parsed.refused(Errno.ENOEXEC);
                    }
                    if (segment.memoryBytes > 0) {
                        segments.add(segment);
                    }
                    if (segment.offset <= offset && offset < segment.offset + segment.fileBytes) {
                        headerAddress = segment.address + offset - segment.offset;
                    }
                }
                case PT_INTERP -> {
                    interpreter = interpreter(file, table.getLong(at + 8), table.getLong(at + 32));
                    if (interpreter == null) {
                        return Parsed.refused(Errno.ENOEXEC);
                    }
                }
                case PT_PHDR -> headerAddress = table.getLong(at + 16);
                case PT_GNU_STACK -> stackExecutable = (flags & 1) != 0;
                default -> {}
            }
        }
        if (segments.isEmpty()) {
            return Parsed.refused(Errno.ENOEXEC);
        }
        return new Parsed(
                0,
                new ElfHeader(
                        dynamic,
                        entry,
                        offset,
                        count,
                        headerAddress,
                        List.copyOf(segments),
                        interpreter,
                        stackExecutable));
    }

    private static @Nullable Segment segment(ByteBuffer table, int at, int flags) {
        long offset = table.getLong(at + 8);
        long address = table.getLong(at + 16);
        long fileBytes = table.getLong(at + 32);
        long memoryBytes = table.getLong(at + 40);
        boolean bounded =
                offset >= 0
                        && fileBytes >= 0
                        && offset <= Long.MAX_VALUE - fileBytes
                        && memoryBytes >= fileBytes
                        && address >= 0
                        && address <= MAX_ADDRESS
                        && memoryBytes <= MAX_ADDRESS - address
                        && ((address - offset) & (Frames.SIZE - 1)) == 0;
        return bounded ? new Segment(offset, address, fileBytes, memoryBytes, flags) : null;
    }

    /** Segments come in ascending order and share no page. */
    private static boolean follows(List<Segment> segments, Segment next) {
        return segments.isEmpty() || segments.getLast().end() <= next.start();
    }

    private static @Nullable String interpreter(FileBytes file, long offset, long length) {
        if (length < 2 || length > 4096) {
            return null;
        }
        byte[] path = file.read(offset, (int) length);
        if (path.length != length || path[path.length - 1] != 0) {
            return null;
        }
        String text = new String(path, 0, path.length - 1, StandardCharsets.ISO_8859_1);
        return text.indexOf('\0') >= 0 ? null : text;
    }

    /** From the first page of the first segment to that of the first that can be written. */
    long readOnlySpan() {
        for (Segment segment : segments) {
            if ((segment.flags() & 2) != 0) {
                return segment.start() - segments.getFirst().start();
            }
        }
        return span();
    }

    /** From the first page of the first segment to the end of the last. */
    long span() {
        return segments.getLast().end() - segments.getFirst().start();
    }
}
