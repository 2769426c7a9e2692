package dev.littlecloud.image.layer;

import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageLimits;
import dev.littlecloud.image.Progress;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The tar of a layer while it is unpacked and checked: stored bytes, digest, unpack, diffID. */
final class LayerStream implements Closeable {
    private final VerifiedStream stored;
    private final VerifiedStream tar;
    private final LayerSource source;

    LayerStream(LayerSource source, ImageLimits limits, Progress.Task progress) throws IOException {
        this.source = source;
        long most = source.size() >= 0 ? source.size() : limits.imageBytes();
        this.stored =
                new VerifiedStream(
                        source.opener().open(),
                        source.label(),
                        source.digest(),
                        most,
                        progress::advance);
        try {
            BufferedInputStream buffered = new BufferedInputStream(stored, 64 << 10);
            Compression compression = Compression.detect(buffered, source.label());
            if (source.compression().isPresent() && source.compression().get() != compression) {
                throw ImageException.malformed(
                        source.label()
                                + " is announced as "
                                + source.compression().get()
                                + " but is "
                                + compression);
            }
            this.tar =
                    new VerifiedStream(
                            compression.open(buffered, source.label()),
                            source.label(),
                            Optional.of(source.diffId()),
                            limits.imageBytes(),
                            bytes -> {});
        } catch (IOException | RuntimeException e) {
            stored.close();
            throw e;
        }
    }

    InputStream tar() {
        return tar;
    }

    /** Reads to the end and checks both digests. */
    void finish() throws IOException {
        tar.finish();
        stored.finish();
        if (source.size() >= 0 && stored.count() != source.size()) {
            throw ImageException.malformed(
                    source.label()
                            + " has "
                            + stored.count()
                            + " bytes instead of "
                            + source.size());
        }
    }

    @Override
    public void close() throws IOException {
        tar.close();
    }
}
