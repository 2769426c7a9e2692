package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.mm.UserMemory;

/** Writes option structures that consist of ints. */
final class OptionBytes {
    private OptionBytes() {}

    /** As many of the ints as there is room for, the last one cut: bytes written. */
    static long write(UserMemory memory, long address, int room, int... values) {
        int written = 0;
        for (int value : values) {
            for (int i = 0; i < 4 && written < room; i++) {
                memory.writeByte(address + written++, (byte) (value >>> (8 * i)));
            }
        }
        return written;
    }
}
