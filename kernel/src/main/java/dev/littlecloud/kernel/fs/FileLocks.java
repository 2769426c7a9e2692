package dev.littlecloud.kernel.fs;

/** Advisory record locks; fcntl(2) and flock(2). */
final class FileLocks {
    private FileLocks() {}

    /** A process closed a descriptor: its record locks on that file go, whichever made them. */
    static void descriptorClosed(FdTable owner, OpenFile file) {}
}
