package dev.littlecloud.image.layer;

import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import io.airlift.compress.v3.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** How a layer is packed. */
public enum Compression {
    NONE,
    GZIP,
    ZSTD;

    private static final int MAGIC_BYTES = 6;
    private static final int BUFFER_BYTES = 64 << 10;

    /** What a layer's media type announces, or empty where it is not a layer of a known kind. */
    public static Optional<Compression> ofMediaType(String mediaType) {
        return switch (mediaType) {
            case "application/vnd.oci.image.layer.v1.tar",
                    "application/vnd.oci.image.layer.nondistributable.v1.tar",
                    "application/vnd.docker.image.rootfs.diff.tar" ->
                    Optional.of(NONE);
            case "application/vnd.oci.image.layer.v1.tar+gzip",
                    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
                    "application/vnd.docker.image.rootfs.diff.tar.gzip",
                    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip" ->
                    Optional.of(GZIP);
            case "application/vnd.oci.image.layer.v1.tar+zstd",
                    "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
                    "application/vnd.docker.image.rootfs.diff.tar.zstd" ->
                    Optional.of(ZSTD);
            default -> Optional.empty();
        };
    }

    /** What the first bytes say. */
    public static Compression detect(BufferedInputStream in, String label) throws IOException {
        in.mark(MAGIC_BYTES);
        byte[] magic = in.readNBytes(MAGIC_BYTES);
        in.reset();
        if (startsWith(magic, 0x1f, 0x8b)) {
            return GZIP;
        }
        boolean isSkippableFrame =
                magic.length >= 4
                        && startsWith(magic, magic[0] & 0xff, 0x2a, 0x4d, 0x18)
                        && (magic[0] & 0xf0) == 0x50;
        if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd) || isSkippableFrame) {
            return ZSTD;
        }
        if (startsWith(magic, 'B', 'Z', 'h') || startsWith(magic, 0xfd, '7', 'z', 'X', 'Z')) {
            throw new ImageException(
                    ErrorCode.UNSUPPORTED,
                    label + " is packed with bzip2 or xz; pack it with gzip, zstd or not at all");
        }
        return NONE;
    }

    /**
     * Unpacks a stream.
     *
     * @throws ImageException MALFORMED, then or while reading, where the bytes are damaged
     */
    public InputStream open(InputStream in, String label) throws IOException {
        return switch (this) {
            case NONE -> in;
            case GZIP -> new UnpackingStream(() -> new GZIPInputStream(in, BUFFER_BYTES), label);
            case ZSTD -> new UnpackingStream(() -> new ZstdInputStream(new ZstdFrames(in)), label);
        };
    }

    private static boolean startsWith(byte[] bytes, int... expected) {
        if (bytes.length < expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if ((bytes[i] & 0xff) != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
