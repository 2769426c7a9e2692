package dev.littlecloud.kernel.time.vdso;

import dev.littlecloud.kernel.time.vdso.VdsoCode.Function;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Lays out the shared object: ELF header, program headers, the tables a dynamic linker reads, unwind
 * tables and code, in one loadable segment. Addresses are offsets in the file. There are no section
 * headers; loaders do not read them. System V ABI, chapters 4 and 5; the symbol versions as in the
 * Linux Standard Base, "Symbol Versioning".
 */
final class VdsoImage {
    private static final int PAGE = 4096;
    private static final String SONAME = "linux-vdso.so.1";
    private static final String VERSION = "LINUX_2.6";

    /** Where the code starts; the tables need less than that. */
    private static final int CODE_OFFSET = 2048;

    private static final int HEADER_SIZE = 64;
    private static final int PROGRAM_HEADER_SIZE = 56;
    private static final int SYMBOL_SIZE = 24;
    private static final int PROGRAM_HEADERS = 3;

    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int PT_GNU_EH_FRAME = 0x6474E550;
    private static final int PF_X = 1;
    private static final int PF_R = 4;

    private static final int DT_HASH = 4;
    private static final int DT_STRTAB = 5;
    private static final int DT_SYMTAB = 6;
    private static final int DT_STRSZ = 10;
    private static final int DT_SYMENT = 11;
    private static final int DT_SONAME = 14;
    private static final int DT_VERSYM = 0x6FFFFFF0;
    private static final int DT_VERDEF = 0x6FFFFFFC;
    private static final int DT_VERDEFNUM = 0x6FFFFFFD;

    private static final int GLOBAL_FUNCTION = 1 << 4 | 2;
    private static final int WEAK_FUNCTION = 2 << 4 | 2;

    /** Any section index that is neither undefined nor absolute: linkers add the load address. */
    private static final short SOME_SECTION = 1;

    private static final short BASE_VERSION = 1;
    private static final short LINUX_VERSION = 2;

    private final ByteBuffer out = ByteBuffer.allocate(PAGE).order(ByteOrder.LITTLE_ENDIAN);
    private final StringBuilder strings = new StringBuilder("\0");
    private final List<Symbol> symbols = new ArrayList<>();

    private record Symbol(String name, int nameOffset, int info, int value, int size) {}

    private VdsoImage() {}

    /** Builds the object, whose data page is {@code dataDistance} bytes below it. */
    static byte[] build(int dataDistance) {
        return new VdsoImage().layOut(dataDistance);
    }

    private byte[] layOut(int dataDistance) {
        int codeOffset = CODE_OFFSET;
        VdsoCode code = new VdsoCode(-codeOffset - dataDistance);
        byte[] text = code.bytes();
        int soname = string(SONAME);
        int version = string(VERSION);
        for (Function function : code.functions()) {
            add("__vdso_" + function.name(), GLOBAL_FUNCTION, codeOffset, function);
            add(function.name(), WEAK_FUNCTION, codeOffset, function);
        }

        out.position(HEADER_SIZE + PROGRAM_HEADERS * PROGRAM_HEADER_SIZE);
        int hash = writeHash();
        int symbolTable = writeSymbols();
        int stringTable = out.position();
        out.put(strings.toString().getBytes(StandardCharsets.US_ASCII));
        int versions = writeSymbolVersions();
        int definitions = writeVersionDefinitions(soname, version);
        int frameHeader = writeUnwindTables(codeOffset, text.length);
        int frameHeaderSize = 20;
        align(8);
        int dynamic = out.position();
        entry(DT_SONAME, soname);
        entry(DT_HASH, hash);
        entry(DT_STRTAB, stringTable);
        entry(DT_SYMTAB, symbolTable);
        entry(DT_STRSZ, strings.length());
        entry(DT_SYMENT, SYMBOL_SIZE);
        entry(DT_VERDEF, definitions);
        entry(DT_VERDEFNUM, 2);
        entry(DT_VERSYM, versions);
        entry(0, 0);
        int dynamicSize = out.position() - dynamic;
        if (out.position() > codeOffset) {
            throw new IllegalStateException("the tables reach into the code");
        }
        out.position(codeOffset).put(text);
        int size = out.position();

        out.position(0);
        writeHeader();
        programHeader(PT_LOAD, PF_R | PF_X, 0, size, PAGE);
        programHeader(PT_DYNAMIC, PF_R, dynamic, dynamicSize, 8);
        programHeader(PT_GNU_EH_FRAME, PF_R, frameHeader, frameHeaderSize, 4);
        return out.array();
    }

    private int string(String text) {
        int offset = strings.length();
        strings.append(text).append('\0');
        return offset;
    }

    private void add(String name, int info, int codeOffset, Function function) {
        int value = codeOffset + function.offset();
        symbols.add(new Symbol(name, string(name), info, value, function.size()));
    }

    private void align(int bytes) {
        out.position((out.position() + bytes - 1) & -bytes);
    }

    private void writeHeader() {
        out.put(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
        out.putShort((short) 3); // ET_DYN
        out.putShort((short) 62); // EM_X86_64
        out.putInt(1);
        out.putLong(0); // no entry point
        out.putLong(HEADER_SIZE); // program headers
        out.putLong(0); // no section headers
        out.putInt(0);
        out.putShort((short) HEADER_SIZE);
        out.putShort((short) PROGRAM_HEADER_SIZE);
        out.putShort((short) PROGRAM_HEADERS);
        out.putShort((short) 64);
        out.putShort((short) 0);
        out.putShort((short) 0);
    }

    private void programHeader(int type, int flags, int offset, int size, int alignment) {
        out.putInt(type).putInt(flags);
        out.putLong(offset).putLong(offset).putLong(offset);
        out.putLong(size).putLong(size);
        out.putLong(alignment);
    }

    private void entry(long tag, long value) {
        out.putLong(tag).putLong(value);
    }

    /** The hash table of the System V ABI, with one chain: there are few names. */
    private int writeHash() {
        int at = out.position();
        int count = symbols.size() + 1;
        out.putInt(1).putInt(count);
        out.putInt(1);
        out.putInt(0);
        for (int i = 1; i < count; i++) {
            out.putInt(i + 1 < count ? i + 1 : 0);
        }
        align(8);
        return at;
    }

    private int writeSymbols() {
        int at = out.position();
        out.position(at + SYMBOL_SIZE);
        for (Symbol symbol : symbols) {
            out.putInt(symbol.nameOffset);
            out.put((byte) symbol.info).put((byte) 0);
            out.putShort(SOME_SECTION);
            out.putLong(symbol.value).putLong(symbol.size);
        }
        return at;
    }

    private int writeSymbolVersions() {
        align(2);
        int at = out.position();
        out.putShort((short) 0);
        for (int i = 0; i < symbols.size(); i++) {
            out.putShort(LINUX_VERSION);
        }
        return at;
    }

    private int writeVersionDefinitions(int soname, int version) {
        align(8);
        int at = out.position();
        int definitionSize = 20;
        int nameSize = 8;
        versionDefinition((short) 1, BASE_VERSION, SONAME, soname, definitionSize + nameSize);
        versionDefinition((short) 0, LINUX_VERSION, VERSION, version, 0);
        return at;
    }

    private void versionDefinition(short flags, short index, String text, int name, int next) {
        out.putShort((short) 1).putShort(flags).putShort(index).putShort((short) 1);
        out.putInt(hash(text)).putInt(20).putInt(next);
        out.putInt(name).putInt(0);
    }

    /** The hash function of the System V ABI, chapter 5. */
    static int hash(String name) {
        int hash = 0;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash << 4) + name.charAt(i);
            int high = hash & 0xF000_0000;
            hash = (hash ^ high >>> 24) & ~high;
        }
        return hash;
    }

    /** Unwind tables that say of all code: the return address is on top of the stack. */
    private int writeUnwindTables(int codeOffset, int codeSize) {
        align(8);
        int header = out.position();
        int frame = header + 24;
        int description = frame + 24;
        out.put((byte) 1).put((byte) 0x1B).put((byte) 0x03).put((byte) 0x3B);
        out.putInt(frame - out.position());
        out.putInt(1).putInt(codeOffset - header).putInt(description - header);
        out.position(frame);
        // The common part: code factor 1, data factor -8, return address in column 16, addresses
        // relative; frame at RSP + 8, return address at frame - 8.
        out.putInt(20).putInt(0).put((byte) 1).put(new byte[] {'z', 'R', 0});
        out.put(new byte[] {1, 0x78, 16, 1, 0x1B, 0x0C, 7, 8, (byte) 0x90, 1, 0, 0});
        // The one description.
        out.putInt(16).putInt(out.position() - frame);
        out.putInt(codeOffset - out.position()).putInt(codeSize).putInt(0);
        out.putInt(0);
        return header;
    }
}
