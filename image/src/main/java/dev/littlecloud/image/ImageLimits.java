package dev.littlecloud.image;

/**
 * How large an image may be. They bound what a hostile image costs: disk, memory and time.
 *
 * @param imageBytes contents of all files of the flattened image, and separately the bytes of each
 *     layer after decompression
 * @param entries entries in all layers together
 * @param depth directories below each other
 * @param metadataBytes names, link targets and extended attributes of the whole image
 */
public record ImageLimits(long imageBytes, int entries, int depth, long metadataBytes) {
    public static final ImageLimits DEFAULT =
            new ImageLimits(64L << 30, 1_000_000, 1_024, 64L << 20);

    /** NAME_MAX of Linux, in bytes. */
    public static final int NAME_BYTES = 255;

    /** PATH_MAX of Linux, in bytes, without the terminating NUL. */
    public static final int PATH_BYTES = 4_095;

    /**
     * Times of files further from the epoch than this, 285 years, are cut to it, so that they can
     * be counted in nanoseconds.
     */
    public static final long FURTHEST_SECONDS = 9_000_000_000L;

    public ImageLimits {
        if (imageBytes <= 0 || entries <= 0 || depth <= 0 || metadataBytes <= 0) {
            throw new IllegalArgumentException("image limits must be positive");
        }
    }
}
