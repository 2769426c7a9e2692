package dev.littlecloud.kernel.fs.tree;

import java.util.Map;

/**
 * A file of an immutable tree below a {@link TreeFs}: an image's root file system. One object tree
 * serves all instances, so an implementation has no state and answers any thread. Strings have one
 * char per byte.
 */
public interface LowerNode {
    /** Number that is unique in the tree; names of one file (hard links) share it. */
    long number();

    /** Type and permission bits. */
    int mode();

    int uid();

    int gid();

    /** Names the file has. */
    int links();

    /** Time of last modification in nanoseconds since 1970. */
    long modifyTime();

    /** Size of a regular file in bytes. */
    long size();

    /** Where a regular file's contents begin in the blob, a multiple of 4096. */
    long blobOffset();

    /** A symbolic link's text. */
    String linkText();

    /** What a device node stands for, as {@link dev.littlecloud.kernel.fs.DeviceNumber} packs it. */
    long device();

    Map<String, byte[]> extendedAttributes();

    // ---- Directories: entries in a fixed order.

    int childCount();

    String childName(int index);

    LowerNode child(int index);

    /** The index of a name, or -1. */
    int find(String name);
}
