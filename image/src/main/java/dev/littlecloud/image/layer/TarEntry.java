package dev.littlecloud.image.layer;

import java.util.SortedMap;

/**
 * One member of a tar, extension headers already applied. Texts have one char per byte.
 *
 * @param name as written
 * @param kind what it is
 * @param permissions 07777
 * @param uid an unsigned 32-bit number
 * @param gid an unsigned 32-bit number
 * @param mtimeSeconds since the epoch
 * @param mtimeNanos 0 to 999,999,999
 * @param linkName of links
 * @param size bytes of contents, holes included
 * @param deviceMajor of devices
 * @param deviceMinor of devices
 * @param xattrs extended attributes
 */
record TarEntry(
        String name,
        Kind kind,
        int permissions,
        int uid,
        int gid,
        long mtimeSeconds,
        int mtimeNanos,
        String linkName,
        long size,
        int deviceMajor,
        int deviceMinor,
        SortedMap<String, byte[]> xattrs) {
    enum Kind {
        REGULAR,
        HARD_LINK,
        SYMLINK,
        CHARACTER_DEVICE,
        BLOCK_DEVICE,
        DIRECTORY,
        FIFO
    }
}
