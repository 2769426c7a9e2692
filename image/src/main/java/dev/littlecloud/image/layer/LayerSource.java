package dev.littlecloud.image.layer;

import dev.littlecloud.image.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * One layer that can be read.
 *
 * @param label what to call it in messages, such as {@code layer 2 (sha256:3f9a...)}
 * @param digest of the bytes as stored; empty where the archive announces none
 * @param size of the bytes as stored, -1 where it is not known
 * @param compression as announced by a media type; empty where nothing is announced
 * @param diffId digest of the tar after decompression
 * @param opener gives the bytes as stored
 */
public record LayerSource(
        String label,
        Optional<Digest> digest,
        long size,
        Optional<Compression> compression,
        Digest diffId,
        Opener opener) {

    /** Opens the stored bytes; the caller closes them. */
    @FunctionalInterface
    public interface Opener {
        InputStream open() throws IOException;
    }
}
