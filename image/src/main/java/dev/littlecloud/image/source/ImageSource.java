package dev.littlecloud.image.source;

import java.io.Closeable;
import java.util.List;

/** An opened archive, layout or registry. Layers can be read until it is closed. */
public interface ImageSource extends Closeable {
    /** The images that the reference means, for linux/amd64; never empty. */
    List<SourceImage> images();

    @Override
    void close();
}
