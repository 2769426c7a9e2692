package dev.littlecloud.kernel.fs;

/**
 * What statfs(2) tells of a file system.
 *
 * @param blockSize bytes
 * @param blocks all blocks
 * @param freeBlocks free blocks
 * @param files most inodes there can be
 * @param freeFiles inodes that can still be made
 */
public record FileSystemStatistics(
        long blockSize, long blocks, long freeBlocks, long files, long freeFiles) {
    /** A file system that stores nothing. */
    public static final FileSystemStatistics NONE = new FileSystemStatistics(4096, 0, 0, 0, 0);
}
