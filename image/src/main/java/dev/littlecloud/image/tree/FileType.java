package dev.littlecloud.image.tree;

import org.jspecify.annotations.Nullable;

/** The type bits of {@code st_mode}, inode(7). */
public enum FileType {
    FIFO(0010000),
    CHARACTER_DEVICE(0020000),
    DIRECTORY(0040000),
    BLOCK_DEVICE(0060000),
    REGULAR(0100000),
    SYMLINK(0120000);

    static final int MASK = 0170000;
    static final int PERMISSIONS = 07777;

    private final int modeBits;

    FileType(int modeBits) {
        this.modeBits = modeBits;
    }

    /** S_IFREG and its like. */
    public int modeBits() {
        return modeBits;
    }

    static @Nullable FileType ofMode(int mode) {
        return switch (mode & MASK) {
            case 0010000 -> FIFO;
            case 0020000 -> CHARACTER_DEVICE;
            case 0040000 -> DIRECTORY;
            case 0060000 -> BLOCK_DEVICE;
            case 0100000 -> REGULAR;
            case 0120000 -> SYMLINK;
            default -> null;
        };
    }
}
