package dev.littlecloud.kernel.mm;

/** What /proc/PID/maps tells of a mapped file. Equal where it is the same place in the tree. */
public interface MappedFile {
    /** Where it is now, with a note when it was deleted. */
    String path();

    /** Device number of its file system. */
    long device();

    /** Its inode's number. */
    long inode();
}
