package dev.littlecloud.kernel.mm;

/** What is shown of shared memory that has no place in the tree of files. */
public record NamedMapping(String path, long device, long inode) implements MappedFile {}
