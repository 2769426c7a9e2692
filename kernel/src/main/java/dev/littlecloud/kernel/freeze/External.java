package dev.littlecloud.kernel.freeze;

/** Something outside of a graph that objects in it refer to. */
public sealed interface External {
    /** One of a kind: a service of the process, or a part of the machine. */
    record Named(String name) implements External {}

    /** One of several: a virtual processor, its registers, a node of the image, a volume. */
    record Numbered(String name, long number) implements External {}

    /** A range of something: of RAM, of the image's contents. */
    record Range(String name, long offset, long length) implements External {}

    /** A part of the image's contents that the guest has as memory. */
    record Window(long guestPhysical, long blobOffset, long length) implements External {}
}
