package dev.littlecloud.image;

/** What kind of trouble an {@link ImageException} reports. */
public enum ErrorCode {
    /** The text is no image reference. */
    INVALID_REFERENCE,
    /** The file, tag, manifest or stored image does not exist. */
    NOT_FOUND,
    /** The name given matches several images. */
    AMBIGUOUS,
    /** The registry wants other credentials, or none are known for it. */
    DENIED,
    /** The image exists, but not for linux/amd64. */
    WRONG_PLATFORM,
    /** A well-formed image uses something that is not supported. */
    UNSUPPORTED,
    /** The archive, layout, manifest, layer or stored index is not well-formed. */
    MALFORMED,
    /** Bytes do not have the digest they were announced with. */
    DIGEST_MISMATCH,
    /** The image is larger than {@link ImageLimits} allow. */
    LIMIT_EXCEEDED,
    /** The disk of the data directory is full. */
    DISK_FULL,
    /** The registry could not be reached or answered nonsense. */
    NETWORK,
    /** Reading or writing the data directory failed. */
    STORAGE
}
