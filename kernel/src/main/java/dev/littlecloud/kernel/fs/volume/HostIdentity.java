package dev.littlecloud.kernel.fs.volume;

/**
 * What a file is on the host, whatever its name.
 *
 * @param device the host's number, or {@link #OF_ROOT}: many file systems get another number each
 *     time they are mounted
 * @param birthTime tells it from a later file with the same inode number, where the host knows it
 */
record HostIdentity(long device, long inode, long birthTime) {
    /** The device that the volume's root is on. */
    static final long OF_ROOT = -1;
}
