package dev.littlecloud.cli.rehearsal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** An OCI image layout whose only file is one program, as {@code /tiny}. */
public final class TinyImage {
    private static final int TAR_BLOCK = 512;

    private TinyImage() {}

    /** Writes a layout with {@link TinyProgram} into a directory, which is made. */
    public static void write(Path directory) throws IOException {
        write(directory, TinyProgram.elf());
    }

    /** Writes a layout with a program into a directory, which is made. */
    public static void write(Path directory, byte[] program) throws IOException {
        byte[] layer = layer(program);
        Layout.write(directory, out -> out.write(layer), "/tiny");
    }

    /** A tar of one file in the ustar format of POSIX (pax(1)): header, content, two empty blocks. */
    private static byte[] layer(byte[] program) {
        byte[] tar = new byte[TAR_BLOCK + roundUp(program.length) + 2 * TAR_BLOCK];
        field(tar, 0, "tiny");
        field(tar, 100, "0000755"); // mode
        field(tar, 108, "0000000"); // uid
        field(tar, 116, "0000000"); // gid
        field(tar, 124, "%011o".formatted(program.length));
        field(tar, 136, "00000000000"); // mtime
        field(tar, 148, "        "); // the checksum counts as blanks in itself
        field(tar, 156, "0"); // a regular file
        field(tar, 257, "ustar\00000");
        int sum = 0;
        for (int i = 0; i < TAR_BLOCK; i++) {
            sum += tar[i];
        }
        field(tar, 148, "%06o\0".formatted(sum));
        System.arraycopy(program, 0, tar, TAR_BLOCK, program.length);
        return tar;
    }

    private static void field(byte[] tar, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, tar, offset, bytes.length);
    }

    private static int roundUp(int size) {
        return (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
    }
}
