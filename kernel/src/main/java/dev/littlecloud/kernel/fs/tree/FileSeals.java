package dev.littlecloud.kernel.fs.tree;

/** Seals of a memfd; fcntl(2), "File Sealing". */
public final class FileSeals {
    public static final int SEAL = 0x1;
    public static final int SHRINK = 0x2;
    public static final int GROW = 0x4;
    public static final int WRITE = 0x8;
    public static final int FUTURE_WRITE = 0x10;
    public static final int ALL = SEAL | SHRINK | GROW | WRITE | FUTURE_WRITE;

    /** Of files that are no memfds: nothing is sealed and nothing can be. */
    static final FileSeals NONE = new FileSeals();

    private final boolean sealable;
    private int seals;

    private FileSeals() {
        sealable = false;
        seals = SEAL;
    }

    /**
     * Of a memfd.
     *
     * @param open whether seals can be added; MFD_ALLOW_SEALING
     */
    FileSeals(boolean open) {
        sealable = true;
        seals = open ? 0 : SEAL;
    }

    /** Whether F_GET_SEALS answers at all. */
    public boolean isSealable() {
        return sealable;
    }

    public int seals() {
        return seals;
    }

    public void add(int more) {
        seals |= more;
    }

    public boolean has(int seal) {
        return (seals & seal) != 0;
    }
}
