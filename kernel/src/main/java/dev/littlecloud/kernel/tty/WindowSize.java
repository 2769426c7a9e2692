package dev.littlecloud.kernel.tty;

import dev.littlecloud.kernel.mm.UserMemory;

/** {@code struct winsize}; ioctl_tty(2). The pixel fields are kept for programs and mean nothing. */
public record WindowSize(short rows, short columns, short pixelWidth, short pixelHeight) {
    /** What a terminal has that nobody told a size. */
    static final WindowSize UNKNOWN = new WindowSize((short) 0, (short) 0, (short) 0, (short) 0);

    static WindowSize of(int rows, int columns) {
        return new WindowSize((short) rows, (short) columns, (short) 0, (short) 0);
    }

    static WindowSize read(UserMemory memory, long address) {
        return new WindowSize(
                memory.readShort(address),
                memory.readShort(address + 2),
                memory.readShort(address + 4),
                memory.readShort(address + 6));
    }

    void write(UserMemory memory, long address) {
        memory.writeShort(address, rows);
        memory.writeShort(address + 2, columns);
        memory.writeShort(address + 4, pixelWidth);
        memory.writeShort(address + 6, pixelHeight);
    }
}
